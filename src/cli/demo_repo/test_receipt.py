import unittest

from basket import Basket
from receipt import receipt


class Receipts(unittest.TestCase):
    def test_the_total_is_the_last_row(self):
        basket = Basket(discount=50)
        basket.add("tea", 450, 2)
        self.assertEqual(receipt(basket).splitlines()[-1], "total  4.50")
