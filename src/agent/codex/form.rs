//! Questions that are answered with words: codex's own, and the forms of MCP servers. What a human writes is sent in the
//! shape that was asked for.

use crate::agent::look;
use crate::domain::{Choice, Given, Question, Topic};
use serde_json::{Map, Value, json};

/// What is to be filled in.
#[derive(Debug, Clone, Default)]
pub(super) enum Form {
    /// Nothing.
    #[default]
    None,
    /// `item/tool/requestUserInput`.
    Questions(Vec<Question>),
    /// `mcpServer/elicitation/request`: its fields, and the type of each.
    Fields(Vec<(Question, Kind)>),
}

/// The type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Switch,
    List,
}

impl Form {
    pub(super) fn questions(params: &Value) -> Self {
        let question = |one: &Value| {
            let choice = |option: &Value| {
                let about = look::owned(option, "description").unwrap_or_default();
                Some(Choice { label: look::owned(option, "label")?, about })
            };
            let choices: Vec<Choice> = look::list(one, "options").iter().filter_map(choice).collect();
            let is = |key: &str| one.get(key).and_then(Value::as_bool).unwrap_or(false);
            Question {
                id: look::owned(one, "id").unwrap_or_default(),
                header: look::owned(one, "header").unwrap_or_default(),
                text: look::owned(one, "question").unwrap_or_default(),
                free: is("isOther") || choices.is_empty(),
                choices,
                many: false,
                secret: is("isSecret"),
            }
        };
        Self::Questions(look::list(params, "questions").iter().map(question).collect())
    }

    pub(super) fn elicitation(params: &Value) -> Self {
        let schema = params.get("requestedSchema").unwrap_or(&Value::Null);
        let fields = schema.get("properties").and_then(Value::as_object);
        let fields: Vec<_> = fields.into_iter().flatten().map(|(id, field)| field_of(id, field)).collect();
        if fields.is_empty() { Self::None } else { Self::Fields(fields) }
    }

    /// What a request with this form is about.
    pub(super) fn topic(&self) -> Topic {
        match self {
            Self::None => Topic::Call,
            Self::Questions(questions) => Topic::Questions(questions.clone()),
            Self::Fields(fields) => Topic::Questions(fields.iter().map(|(question, _)| question.clone()).collect()),
        }
    }

    /// The result that carries these answers; none where nothing is to be filled in: answers let no plain call run.
    pub(super) fn reply(&self, given: &[Given]) -> Option<Value> {
        Some(match self {
            Self::None => return None,
            Self::Questions(_) => {
                let answer = |one: &Given| (one.question.clone(), json!({"answers": one.answers}));
                json!({"answers": given.iter().map(answer).collect::<Map<String, Value>>()})
            }
            Self::Fields(fields) => {
                let filled = given.iter().filter_map(|one| {
                    let (_, kind) = fields.iter().find(|(question, _)| question.id == one.question)?;
                    Some((one.question.clone(), value(*kind, &one.answers)?))
                });
                json!({"action": "accept", "content": filled.collect::<Map<String, Value>>(), "_meta": null})
            }
        })
    }
}

fn field_of(id: &str, field: &Value) -> (Question, Kind) {
    let kind = match look::text(field, "type") {
        Some("number" | "integer") => Kind::Number,
        Some("boolean") => Kind::Switch,
        Some("array") => Kind::List,
        Some(_) | None => Kind::Text,
    };
    let of = if kind == Kind::List { field.get("items").unwrap_or(field) } else { field };
    let words = look::list(of, "enum").iter().filter_map(Value::as_str);
    let mut choices: Vec<Choice> = words.map(|word| Choice { label: word.to_owned(), about: String::new() }).collect();
    for key in ["oneOf", "anyOf"] {
        let named = |one: &Value| {
            let about = look::owned(one, "title").unwrap_or_default();
            Some(Choice { label: look::owned(one, "const")?, about })
        };
        choices.extend(look::list(of, key).iter().filter_map(named));
    }
    if kind == Kind::Switch {
        choices = ["true", "false"].map(|word| Choice { label: word.to_owned(), about: String::new() }).to_vec();
    }
    let question = Question {
        id: id.to_owned(),
        header: look::owned(field, "title").unwrap_or_else(|| id.to_owned()),
        text: look::first_text(field, &["description", "title"]).unwrap_or(id).to_owned(),
        free: choices.is_empty(),
        choices,
        many: kind == Kind::List,
        secret: false,
    };
    (question, kind)
}

/// An answer in the type that the field has; nothing where nothing was answered.
fn value(kind: Kind, answers: &[String]) -> Option<Value> {
    let first = answers.first()?;
    Some(match kind {
        Kind::List => json!(answers),
        Kind::Switch => json!(first == "true"),
        Kind::Number => {
            let whole = first.trim().parse::<i64>().map(Value::from);
            let number = whole.or_else(|_| first.trim().parse::<f64>().map(Value::from));
            number.unwrap_or_else(|_| json!(first))
        }
        Kind::Text => json!(first),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(question: &str, answers: &[&str]) -> Given {
        Given { question: question.to_owned(), answers: answers.iter().map(|&a| a.to_owned()).collect() }
    }

    #[test]
    fn questions_are_answered_by_their_ids() {
        let form = Form::questions(&json!({"questions": [
            {"id": "color", "header": "Color", "question": "Which?", "isOther": true, "isSecret": false,
             "options": [{"label": "Red", "description": "warm"}]},
            {"id": "key", "question": "The key?", "isSecret": true, "options": null}]}));
        let Topic::Questions(asked) = form.topic() else { panic!("no questions") };
        assert_eq!((asked[0].choices.len(), asked[0].free, asked[0].secret), (1, true, false));
        assert_eq!((asked[1].choices.len(), asked[1].free, asked[1].secret), (0, true, true));
        let reply = form.reply(&[given("color", &["Red"]), given("key", &["k"])]);
        assert_eq!(reply, Some(json!({"answers": {"color": {"answers": ["Red"]}, "key": {"answers": ["k"]}}})));
        assert_eq!(Form::None.reply(&[given("color", &["Red"])]), None, "a plain call takes no answers");
    }

    #[test]
    fn fields_keep_their_types() {
        let form = Form::elicitation(&json!({"requestedSchema": {"type": "object", "properties": {
            "n": {"type": "integer"}, "on": {"type": "boolean"}, "who": {"type": "string", "enum": ["a", "b"]},
            "all": {"type": "array", "items": {"enum": ["x", "y"]}}, "odd": 7}}}));
        let Topic::Questions(asked) = form.topic() else { panic!("no questions") };
        assert_eq!(asked.len(), 5);
        let reply = form.reply(&[
            given("n", &["4"]),
            given("on", &["true"]),
            given("who", &["b"]),
            given("all", &["x", "y"]),
            given("odd", &[]),
            given("nobody", &["z"]),
        ]);
        let content = json!({"n": 4, "on": true, "who": "b", "all": ["x", "y"]});
        assert_eq!(reply, Some(json!({"action": "accept", "content": content, "_meta": null})));
        assert!(Form::elicitation(&json!({})).topic().is_call());
    }
}
