"""Receipts: what was bought, the discount, the total."""


def money(cents):
    return f"{cents // 100}.{cents % 100:02}"


def receipt(basket):
    rows = [f"{line.count} x {line.name}  {money(line.total())}" for line in basket.lines]
    if basket.discount:
        rows.append(f"discount  {basket.discount} %")
    rows.append(f"total  {money(basket.total())}")
    return "\n".join(rows)
