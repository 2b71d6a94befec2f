"""Drawing primitives; the only package that draws."""
