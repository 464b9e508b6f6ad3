//! Answers to an agent's questions, while they are chosen and written.

use super::Draft;
use crate::domain::{Digest, Given, Question};
use std::collections::BTreeSet;

/// What is answered to one question.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answering {
    /// The choices that were taken, from 0.
    pub picked: BTreeSet<usize>,
    /// Words of the human's own.
    pub own: Draft,
}

/// The form in which questions are answered.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplyForm {
    /// What was asked when it was opened.
    pub of: Digest,
    /// The questions as they were then.
    pub questions: Vec<Question>,
    /// The answers so far, one a question.
    pub answers: Vec<Answering>,
    /// The question that has the keys.
    pub at: usize,
    /// The row in it: its choices, then the words of one's own.
    pub row: usize,
}

impl ReplyForm {
    /// Nothing is answered yet.
    #[must_use]
    pub fn new(of: Digest, questions: Vec<Question>) -> Self {
        let answers = questions.iter().map(|_| Answering::default()).collect();
        Self { of, questions, answers, at: 0, row: 0 }
    }

    /// True where something was answered.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        self.answers.iter().any(|answer| !answer.picked.is_empty() || !answer.own.text.is_empty())
    }

    /// The question that has the keys, with its answer.
    pub fn here(&mut self) -> Option<(&Question, &mut Answering)> {
        self.questions.get(self.at).zip(self.answers.get_mut(self.at))
    }

    /// True where words are typed now.
    #[must_use]
    pub fn writes(&self) -> bool {
        self.questions.get(self.at).is_some_and(|question| self.row >= question.choices.len() && takes_words(question))
    }

    /// The rows of the question that has the keys.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.questions.get(self.at).map_or(0, |question| question.choices.len() + usize::from(takes_words(question)))
    }

    /// The first question that has no answer yet.
    #[must_use]
    pub fn open(&self) -> Option<usize> {
        self.answers.iter().position(|answer| answer.picked.is_empty() && answer.own.text.trim().is_empty())
    }

    /// What is sent.
    #[must_use]
    pub fn given(&self) -> Vec<Given> {
        let one = |(question, answer): (&Question, &Answering)| {
            let picked = answer.picked.iter().filter_map(|&at| Some(question.choices.get(at)?.label.clone()));
            // A secret is sent as it was typed.
            let own = if question.secret { answer.own.text.clone() } else { answer.own.text.trim().to_owned() };
            let own = Some(own).filter(|own| !own.trim().is_empty());
            Given { question: question.id.clone(), answers: picked.chain(own).collect() }
        };
        self.questions.iter().zip(&self.answers).map(one).collect()
    }

    /// Takes a choice, or gives it back where several may be taken.
    pub fn pick(&mut self, choice: usize) {
        let Some((question, answer)) = self.here() else { return };
        if choice >= question.choices.len() {
            return;
        }
        if !question.many {
            answer.picked = BTreeSet::from([choice]);
            answer.own = Draft::default();
        } else if !answer.picked.remove(&choice) {
            answer.picked.insert(choice);
        }
        self.row = choice;
    }
}

/// True where a question takes words of the human's own.
#[must_use]
pub fn takes_words(question: &Question) -> bool {
    question.free || question.choices.is_empty()
}
