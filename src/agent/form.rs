//! Questions that are answered with words: codex's own, and forms that are described by a schema (those of ACP, of MCP
//! servers). What a human writes is sent in the shape that was asked for.

use super::look;
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
    /// An elicitation: its fields.
    Fields(Vec<Field>),
}

/// A field of a form.
#[derive(Debug, Clone)]
pub(super) struct Field {
    question: Question,
    kind: Kind,
    /// The field beside it that takes words of the human's own.
    own: Option<String>,
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
        let mut fields: Vec<_> = fields.into_iter().flatten().map(|(id, field)| field_of(id, field)).collect();
        // A field for words of one's own that belongs to the choices of another is no question by itself.
        for at in (0..fields.len()).rev() {
            let id = fields[at].question.id.clone();
            let is_words = fields[at].kind == Kind::Text && fields[at].question.choices.is_empty();
            let of = id.strip_suffix("_custom").filter(|_| is_words);
            let of =
                of.and_then(|of| fields.iter().position(|f| f.question.id == of && !f.question.choices.is_empty()));
            if let Some(of) = of {
                (fields[of].own, fields[of].question.free) = (Some(id), true);
                fields.remove(at);
            }
        }
        if fields.is_empty() { Self::None } else { Self::Fields(fields) }
    }

    /// What a request with this form is about.
    pub(super) fn topic(&self) -> Topic {
        match self {
            Self::None => Topic::Call,
            Self::Questions(questions) => Topic::Questions(questions.clone()),
            Self::Fields(fields) => Topic::Questions(fields.iter().map(|field| field.question.clone()).collect()),
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
                json!({"action": "accept", "content": content(fields, given), "_meta": null})
            }
        })
    }

    /// What was filled in, by field.
    pub(super) fn content(&self, given: &[Given]) -> Map<String, Value> {
        match self {
            Self::None | Self::Questions(_) => Map::new(),
            Self::Fields(fields) => content(fields, given),
        }
    }
}

fn content(fields: &[Field], given: &[Given]) -> Map<String, Value> {
    let mut content = Map::new();
    for one in given {
        let Some(field) = fields.iter().find(|field| field.question.id == one.question) else { continue };
        let is_choice = |answer: &&String| field.question.choices.iter().any(|choice| choice.label == **answer);
        let (chosen, words): (Vec<String>, Vec<String>) = match &field.own {
            Some(_) => one.answers.iter().cloned().partition(|answer| is_choice(&answer)),
            None => (one.answers.clone(), Vec::new()),
        };
        if let Some(value) = value(field.kind, &chosen) {
            content.insert(one.question.clone(), value);
        }
        if let (Some(own), false) = (&field.own, words.is_empty()) {
            content.insert(own.clone(), json!(words.join(", ")));
        }
    }
    content
}

fn field_of(id: &str, field: &Value) -> Field {
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
            let label = look::owned(one, "const")?;
            let about = look::first_text(one, &["description", "title"]).unwrap_or_default();
            Some(Choice { about: if about == label { String::new() } else { about.to_owned() }, label })
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
    Field { question, kind, own: None }
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

    #[test]
    fn words_beside_choices_are_one_question() {
        let form = Form::elicitation(&json!({"requestedSchema": {"type": "object", "properties": {
            "q0": {"type": "string", "oneOf": [{"const": "Hello", "title": "Hello", "description": "the usual"}]},
            "q0_custom": {"type": "string", "title": "Other"},
            "lone_custom": {"type": "string"}}}}));
        let Topic::Questions(asked) = form.topic() else { panic!("no questions") };
        assert_eq!(asked.len(), 2, "{asked:?}");
        let greeting = asked.iter().find(|question| question.id == "q0").unwrap();
        assert!(greeting.free && greeting.choices[0].about == "the usual", "{greeting:?}");
        assert_eq!(json!(form.content(&[given("q0", &["Hello"])])), json!({"q0": "Hello"}));
        assert_eq!(json!(form.content(&[given("q0", &["Hey"])])), json!({"q0_custom": "Hey"}));
    }
}
