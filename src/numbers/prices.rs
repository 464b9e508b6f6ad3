//! A dated list of prices, and what tokens cost by it.

use crate::domain::{Cost, Tokens};
use serde::Deserialize;

/// The list that taut comes with.
const BUILT_IN: &str = include_str!("prices.toml");

/// Why a list can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPrices {
    /// It is not as a list is written.
    #[error("{0}")]
    Form(String),
    /// A currency that is no three capital letters.
    #[error("`currency` takes three capital letters, as in \"USD\", and not {0:?}")]
    Currency(String),
    /// A price below nothing, or beyond anything.
    #[error("the price of {0} is no price: it takes money for a million tokens, from 0 to 100000")]
    Price(String),
}

/// What a million tokens cost, by kind.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// The model's name; `*` stands for any text.
    pub model: String,
    /// Read fresh.
    pub input: f64,
    /// Written, thoughts too.
    pub output: f64,
    /// Read from a cache; as `input` where it is not given.
    #[serde(default)]
    pub cache_read: Option<f64>,
    /// Written into a cache; as `input` where it is not given.
    #[serde(default)]
    pub cache_write: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    as_of: String,
    currency: String,
    #[serde(default)]
    price: Vec<Price>,
}

/// A list of prices.
#[derive(Debug, Clone, PartialEq)]
pub struct Prices {
    /// When they were noted, as written.
    pub as_of: String,
    /// Their currency.
    pub currency: [u8; 3],
    models: Vec<Price>,
}

impl Prices {
    /// Reads a list.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &str) -> Result<Self, BadPrices> {
        let written: Written =
            toml::from_str(text).map_err(|error| BadPrices::Form(error.message().trim().replace('\n', ", ")))?;
        let currency: Option<[u8; 3]> = written.currency.as_bytes().try_into().ok();
        let currency = currency.filter(|letters| letters.iter().all(u8::is_ascii_uppercase));
        let currency = currency.ok_or(BadPrices::Currency(written.currency))?;
        let is_price = |price: f64| (0.0..=100_000.0).contains(&price);
        for price in &written.price {
            let all = [Some(price.input), Some(price.output), price.cache_read, price.cache_write];
            if !all.into_iter().flatten().all(is_price) {
                return Err(BadPrices::Price(price.model.clone()));
            }
        }
        Ok(Self { as_of: written.as_of, currency, models: written.price })
    }

    /// The list that taut comes with.
    #[must_use]
    pub fn built_in() -> Self {
        // It is read in a test: it is one.
        Self::parse(BUILT_IN).unwrap_or(Self { as_of: String::new(), currency: *b"USD", models: Vec::new() })
    }

    /// What tokens of a model cost; `None` where the model has no price, or no tokens are told.
    #[must_use]
    pub fn cost(&self, model: &str, tokens: &Tokens) -> Option<Cost> {
        if [tokens.input, tokens.output, tokens.cache_read, tokens.cache_write].iter().all(Option::is_none) {
            return None;
        }
        let price = self.models.iter().find(|price| fits(&price.model, model))?;
        #[expect(clippy::cast_precision_loss, reason = "tokens are far below 2^52")]
        let of = |tokens: Option<u64>, price: f64| tokens.unwrap_or(0) as f64 * price;
        // For a million tokens so many dollars is for one token so many millionths.
        let micros = of(tokens.input, price.input)
            + of(tokens.output, price.output)
            + of(tokens.cache_read, price.cache_read.unwrap_or(price.input))
            + of(tokens.cache_write, price.cache_write.unwrap_or(price.input));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sum of what is not negative")]
        let micros = micros.round() as u64;
        Some(Cost { micros, currency: self.currency })
    }
}

/// Whether a name is one of a pattern's.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    if !pattern.contains('*') {
        return rest.is_empty();
    }
    let parts: Vec<&str> = parts.collect();
    let Some((last, between)) = parts.split_last() else { return rest.is_empty() };
    for part in between {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_list_is_one_and_dated() {
        let prices = Prices::parse(BUILT_IN).unwrap();
        assert_eq!(prices, Prices::built_in());
        assert!(prices.as_of.starts_with("20") && prices.models.len() > 5);
    }

    #[test]
    fn tokens_cost_what_their_kind_does_and_nothing_is_guessed() {
        let prices = Prices::built_in();
        let tokens =
            Tokens { input: Some(1_000_000), output: Some(100_000), cache_read: Some(2_000_000), ..Tokens::default() };
        let cost = prices.cost("claude-sonnet-4-5-20250929", &tokens).unwrap();
        assert_eq!((cost.micros, cost.currency), (3_000_000 + 1_500_000 + 600_000, *b"USD"));
        assert_eq!(prices.cost("claude-sonnet-9", &tokens), None);
        assert_eq!(prices.cost("", &tokens), None);
        assert_eq!(prices.cost("claude-sonnet-4-5", &Tokens::default()), None);
        assert_eq!(prices.cost("claude-opus-4-5", &tokens).unwrap().micros, 5_000_000 + 2_500_000 + 1_000_000);
    }

    #[test]
    fn patterns_fit_whole_names() {
        for (pattern, name) in [("a*", "a"), ("a*", "abc"), ("a", "a"), ("*c", "abc"), ("a*c*e", "abcde"), ("*", "")] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("a", "ab"), ("a*", "ba"), ("*c", "abcd"), ("a*c*e", "abde"), ("", "a")] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn a_list_with_faults_is_none() {
        assert!(matches!(Prices::parse("as_of = 1"), Err(BadPrices::Form(_))));
        assert!(matches!(Prices::parse("as_of = \"x\"\ncurrency = \"usd\""), Err(BadPrices::Currency(_))));
        let negative = "as_of = \"x\"\ncurrency = \"USD\"\n[[price]]\nmodel = \"m\"\ninput = -1.0\noutput = 1.0\n";
        assert_eq!(Prices::parse(negative), Err(BadPrices::Price("m".to_owned())));
    }
}
