"""A shopping basket. Money is in cents, discounts are in percent."""

from dataclasses import dataclass, field


@dataclass
class Line:
    name: str
    price: int
    count: int = 1

    def total(self):
        return self.price * self.count


@dataclass
class Basket:
    discount: int = 0
    lines: list[Line] = field(default_factory=list)

    def add(self, name, price, count=1):
        if price < 0 or count < 1:
            raise ValueError(f"{name}: a price of {price}, {count} times")
        self.lines.append(Line(name, price, count))

    def subtotal(self):
        return sum(line.total() for line in self.lines)

    def total(self):
        return sum(line.total() * (100 - self.discount) // 100 for line in self.lines)
