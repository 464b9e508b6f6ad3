//! The words of the demo: a basket that loses cents, and how it is mended.

/// A change of a file: a piece of it, and what shall stand there.
pub(super) struct Change {
    pub(super) file: &'static str,
    pub(super) old: &'static str,
    pub(super) new: &'static str,
}

pub(super) const THOUGHT: &str = "The totals are a few cents short when a discount applies. Either the discount is \
    taken twice, or something is rounded too early. I will read the basket first, then the test that fails.";

pub(super) const INTRO: &str = "I'll find out where the cents go. First the code that adds up the basket, then the \
    test, then the smallest change that makes it right.\n";

pub(super) const PLAN: [&str; 5] = [
    "Read the basket and its tests",
    "Round once, over the sum",
    "Run the tests",
    "Check who else relied on the old rounding",
    "Sum up",
];

pub(super) const FOUND: &str = "Found it. `total` rounds **each line** down before it adds them up, so that every \
    line may lose a part of a cent:\n\n```python\n>>> 33 * 90 // 100 * 3      # what it does\n87\n>>> (99 * 90 + 50) \
    // 100  # what it should do\n89\n```\n\nI'll round once, over the sum.\n";

pub(super) const FIX: Change = Change {
    file: "src/basket.py",
    old: "    def total(self):\n        return sum(line.total() * (100 - self.discount) // 100 for line in self.lines)\n",
    new: "    def total(self):\n        \"\"\"What the customer pays. Rounded once, half up, so that no cent is lost.\"\"\"\n        \
          return (self.subtotal() * (100 - self.discount) + 50) // 100\n",
};

pub(super) const TASK: &str = "Find everything that relies on how `Basket.total` rounds, and note the change in the \
    changelog.";

pub(super) const LANE_THOUGHT: &str = "The receipt prints the total. Does it add up the lines by itself?";

pub(super) const LANE_FOUND: &str = "`src/receipt.py` only prints what `total` returns, so it needs no change. The \
    changelog does.\n";

pub(super) const LOG: Change = Change {
    file: "CHANGELOG.md",
    old: "## Unreleased\n",
    new: "## Unreleased\n\n- Totals with a discount are rounded once, over the sum: no cent is lost any more.\n",
};

pub(super) const SUMMARY: &str = "The human wants totals without lost cents. `src/basket.py` rounds once over the \
    sum; `src/receipt.py` relies on it; the changelog was updated by a subagent.";

pub(super) const END: &str = "## What changed\n\n- `src/basket.py` rounds **once**, half up, over the sum.\n- \
    `CHANGELOG.md` says so.\n- `src/receipt.py` was looked at and needs nothing.\n\nThe tests above tell the rest.\n";

pub(super) const AGAIN: &str = "One thing is left: the readme still says that each line is rounded.\n";

pub(super) const READ_ME: Change = Change {
    file: "README.md",
    old: "A discount is taken off each line, and each line is rounded down.",
    new: "A discount is taken off the sum, which is rounded once, half up.",
};

pub(super) const AGAIN_END: &str = "Now code, changelog and readme say the same.\n";

pub(super) const REJECTED: &str = "Understood: I leave that as it is and go on.\n";

pub(super) const PLAN_ONLY: &str = "I'm in plan mode, so I write and run nothing. Set the mode to *Ask first* and ask \
    again, and I'll do it.\n";

/// Where the demo's changes do not fit (another project, or done before), this file is written instead.
pub(super) const NOTES: &str = "demo-notes.md";
