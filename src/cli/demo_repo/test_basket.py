import unittest

from basket import Basket


class Totals(unittest.TestCase):
    def test_without_discount(self):
        basket = Basket()
        basket.add("tea", 450, 2)
        self.assertEqual(basket.total(), 900)

    def test_no_cent_is_lost(self):
        basket = Basket(discount=10)
        for name in ["pen", "ink", "pad"]:
            basket.add(name, 33)
        self.assertEqual(basket.total(), 89)

    def test_nonsense_is_refused(self):
        with self.assertRaises(ValueError):
            Basket().add("tea", -1)
