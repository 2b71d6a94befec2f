"""Units of area and money, and what counts as farmland."""

from typing import Final

M2_PER_PING: Final = 400 / 121
"""Square metres in one 坪: exactly 400/121 (3.305785…)."""

TWD_PER_THOUSAND: Final = 1_000
"""The income statistics are printed in thousand NTD."""

FARMLAND_USES: Final = ("農牧用地",)
"""使用編定 that is arable land (耕地) under the Agricultural Development Act, article 3."""

BUILDABLE_USES: Final = ("甲種建築用地", "乙種建築用地", "丙種建築用地", "丁種建築用地")
"""使用編定 on which building is allowed."""
