//! What a decision comes to: by the table of what the agent can carry, and never by its name. What it can't carry is
//! refused to the agent and done here, as the human made it.

use super::actor::Hub;
use super::own::Work;
use super::parts::{self, Written};
use crate::diff::Piece;
use crate::domain::fields::{self, Deed};
use crate::domain::{
    At, CallPatch, Carrier, Decision, FileChange, Given, Impact, Matcher, OfferKind, Question, RequestId, TakenHunk,
    Text, Topic, canonical, swap,
};
use crate::state::{Request, Step};
use std::io::Read;
use std::path::Path;

/// Files longer than this are not written in part.
const LONGEST: u64 = 8 << 20;

/// What is done once a decision is on record.
#[derive(Debug)]
pub(super) enum Plan {
    /// The agent hears this.
    Tell(Decision),
    /// It is done here, and the agent hears that it was.
    Own(Vec<Work>),
}

/// A plan, and what of the call is other than proposed by it.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) plan: Plan,
    pub(super) edited: Option<(CallPatch, Carrier)>,
}

impl Planned {
    fn tell(decision: &Decision) -> Self {
        Self { plan: Plan::Tell(decision.clone()), edited: None }
    }
}

impl Hub {
    /// What a decision about a request comes to.
    ///
    /// # Errors
    /// One sentence where it can't be done; nothing is decided then.
    pub(super) fn planned(&self, id: RequestId, decision: &Decision) -> Result<Planned, String> {
        let known = self.state.session(id.session).and_then(|session| session.request_and_step(id.seq));
        let Some((request, step, _)) = known else { return Err(format!("there is no request {id}")) };
        match (decision, &request.how.topic) {
            (Decision::Deny { .. }, _) | (Decision::Allow { .. }, Topic::Call | Topic::Plan(_)) => {
                Ok(Planned::tell(decision))
            }
            (Decision::Reply { given }, Topic::Questions(questions)) => {
                fits(questions, given).map(|()| Planned::tell(decision))
            }
            (_, Topic::Questions(_)) => Err("it asks questions: answer them, or deny it".to_owned()),
            (Decision::Reply { .. }, Topic::Call | Topic::Plan(_)) => {
                Err("it asks no question: allow or deny it".to_owned())
            }
            (Decision::AllowFor { offer, matcher, until }, Topic::Call | Topic::Plan(_)) => {
                standing(request, offer, matcher, *until).map(|()| Planned::tell(decision))
            }
            (Decision::Edit { offer, args, reason }, Topic::Call | Topic::Plan(_)) => {
                self.edit_planned(id, (request, step), offer.as_deref(), args, reason.clone())
            }
            (Decision::Take { hunks, reason }, Topic::Call | Topic::Plan(_)) => {
                self.part_planned(id, (request, step), hunks, reason.clone())
            }
        }
    }

    fn edit_planned(
        &self,
        id: RequestId,
        (request, step): (&Request, &Step),
        offer: Option<&str>,
        args: &Text,
        reason: Option<String>,
    ) -> Result<Planned, String> {
        let carrier = if offer.is_some() { request.how.carries.edit } else { Carrier::Hub };
        let proposed = step.args.as_ref().and_then(|args| self.text_of(args));
        let carrier = fields::carried(carrier, proposed.as_deref())
            .map_err(|why| format!("it can't be edited, since {why}: deny it with a reason instead"))?;
        let proposed = proposed.unwrap_or_default();
        let args =
            self.text_of(args).ok_or_else(|| "the edited arguments can't be read: send them again".to_owned())?;
        fields::check(step.tool.as_deref(), &proposed, &args)?;
        if canonical(&proposed) == canonical(&args) {
            return Err("nothing was changed: allow it as it is, or change it".to_owned());
        }
        // A text that is not in its file, the agent's tool would refuse, or guess.
        if let Some(swaps) = swap::swaps(&args) {
            swaps.fit(self.read(id, &swaps.path)?.as_deref())?;
        }
        let patch = fields::edited(&patch_of(step), &args);
        if carrier == Carrier::Agent {
            let offer = offer.map(str::to_owned);
            let plan = Plan::Tell(Decision::Edit { offer, args: args.into(), reason });
            return Ok(Planned { plan, edited: Some((patch, Carrier::Agent)) });
        }
        let deed = fields::deed(&args);
        if deed.is_some() {
            fields::only_known(&proposed, &args)?;
        }
        let work = match deed {
            Some(Deed::Run { command }) if step.command.is_some() || step.impact == Impact::Execute => {
                Work::Run(command)
            }
            Some(Deed::Write { path, text }) => Work::Write { path, text },
            Some(Deed::Replace { path, old, new }) => {
                let file = self
                    .read(id, &path)?
                    .ok_or_else(|| format!("{path} does not exist: there is no text to replace"))?;
                let text = crate::diff::splice(&file, &old, &new)
                    .ok_or_else(|| format!("{path}: the old text stands there several times, or not at all"))?;
                Work::Write { path, text }
            }
            Some(Deed::Run { .. }) | None => {
                return Err("this agent can't take an edited call, and taut does not know how to do this tool's work: deny it with \
                    a reason instead"
                    .to_owned());
            }
        };
        Ok(Planned { plan: Plan::Own(vec![work]), edited: Some((patch, Carrier::Hub)) })
    }

    fn part_planned(
        &self,
        id: RequestId,
        (request, step): (&Request, &Step),
        hunks: &[TakenHunk],
        reason: Option<String>,
    ) -> Result<Planned, String> {
        let pieces = self.pieces(step)?;
        let taken = parts::taken(&pieces, hunks, |path| self.read(id, path))?;
        let changes = taken.iter().map(|(piece, own, (path, file))| FileChange {
            path: path.clone(),
            old: piece.old.clone().map(Text::from),
            new: file.as_ref().map(|_| own.clone().into()),
            fragment: piece.fragment,
            line: None,
            patch: None,
            moved_to: None,
        });
        let patch = CallPatch { changes: Some(changes.collect()), ..CallPatch::default() };
        if request.how.carries.part == Carrier::Agent
            && let Some((offer, args)) = self.carried_part(request, step, &pieces, &taken)
        {
            let patch = CallPatch { args: Some(args.clone().into()), ..patch };
            let plan = Plan::Tell(Decision::Edit { offer: Some(offer), args: args.into(), reason });
            return Ok(Planned { plan, edited: Some((patch, Carrier::Agent)) });
        }
        let mut files: Vec<Written> = Vec::new();
        for (_, _, written) in taken {
            files.retain(|(path, _)| *path != written.0);
            files.push(written);
        }
        let work = files.into_iter().map(|(path, text)| match text {
            Some(text) => Work::Write { path, text },
            None => Work::Remove { path },
        });
        Ok(Planned { plan: Plan::Own(work.collect()), edited: Some((patch, Carrier::Hub)) })
    }

    /// The arguments that make the agent write a part itself: only where it writes one text, and that text is its change.
    fn carried_part(
        &self,
        request: &Request,
        step: &Step,
        pieces: &[Piece],
        taken: &[(&Piece, String, Written)],
    ) -> Option<(String, String)> {
        let ([piece], [(_, own, (_, Some(_)))]) = (pieces, taken) else { return None };
        let args = self.text_of(step.args.as_ref()?)?;
        let writes = match fields::deed(&args)? {
            Deed::Write { text, .. } => text,
            Deed::Replace { new, .. } => new,
            Deed::Run { .. } => return None,
        };
        let offer = single(request)?;
        (Some(&writes) == piece.new.as_ref()).then_some((offer, fields::with_text(&args, own)?))
    }

    /// All that a call would write, in the order in which its card shows it.
    pub(super) fn pieces(&self, step: &Step) -> Result<Vec<Piece>, String> {
        let text = |text: &Option<Text>| match text {
            None => Ok(None),
            Some(text) => {
                self.text_of(text).map(Some).ok_or("a text of it was wiped: allow or deny it whole".to_owned())
            }
        };
        let mut pieces = Vec::new();
        for change in &step.changes {
            let patch = text(&change.patch)?;
            let (old, new) = (text(&change.old)?, text(&change.new)?);
            let of_it = Piece::of(&change.path, change.fragment, old, new, patch.as_deref());
            pieces.extend(of_it.into_iter().map(|piece| piece.moving(change.moved_to.as_deref())));
        }
        Ok(pieces)
    }

    /// A text, wherever it is.
    pub(super) fn text_of(&self, text: &Text) -> Option<String> {
        match text {
            Text::Inline(text) => Some(text.clone()),
            Text::Body(body) => self.store.reader().and_then(|reader| reader.body(body)).ok().flatten(),
        }
    }

    /// The text of a file of the session's workspace; none where there is none.
    pub(super) fn read(&self, id: RequestId, path: &str) -> Result<Option<String>, String> {
        let cwd = self.state.session(id.session).map_or("", |session| session.cwd.as_str());
        let full = Path::new(cwd).join(path);
        let unreadable = |error: std::io::Error| format!("{path} can't be read: {error}");
        // Looked at before it is opened: a pipe would wait for somebody to write into it.
        let meta = match std::fs::metadata(&full) {
            Ok(meta) => meta,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        };
        if !meta.is_file() || meta.len() > LONGEST {
            return Err(format!("{path} is no plain file of at most {} MB: allow or deny it whole", LONGEST >> 20));
        }
        let file = std::fs::File::open(&full).map_err(unreadable)?;
        let mut text = String::new();
        match file.take(LONGEST).read_to_string(&mut text) {
            Ok(_) => Ok(Some(text)),
            Err(error) => Err(format!("{path} can't be read as text: {error}")),
        }
    }
}

/// The one offer that allows this call and no more.
pub(super) fn single(request: &Request) -> Option<String> {
    let mut once = request.offers.iter().filter(|offer| offer.kind == OfferKind::AllowOnce);
    let offer = once.next()?;
    once.next().is_none().then(|| offer.id.clone())
}

/// A step as one patch of its call.
pub(super) fn patch_of(step: &Step) -> CallPatch {
    CallPatch {
        tool: step.tool.clone(),
        title: step.title.clone(),
        impact: Some(step.impact),
        status: None,
        args: step.args.clone(),
        command: step.command.clone(),
        cwd: step.cwd.clone(),
        places: Some(step.places.clone()),
        changes: Some(step.changes.clone()),
        parent: step.parent.clone(),
        exit: None,
    }
}

fn standing(request: &Request, offer: &str, matcher: &Matcher, until: Option<At>) -> Result<(), String> {
    if !request.how.scopes.contains(matcher) {
        return Err(format!(
            "a grant of {} is not among those that this request can give: see its scopes",
            matcher.words()
        ));
    }
    if single(request).as_deref() != Some(offer) {
        return Err(format!(
            "{offer:?} allows more than this call: a grant of taut's goes with the agent's single allowance"
        ));
    }
    match until {
        Some(until) if until <= super::log::now() => {
            Err("the grant would have ended already: give a later time".to_owned())
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether these are answers to these questions.
fn fits(questions: &[Question], given: &[Given]) -> Result<(), String> {
    if let Some(stray) = given.iter().find(|given| !questions.iter().any(|question| question.id == given.question)) {
        return Err(format!("there is no question {:?}", stray.question));
    }
    for question in questions {
        let mut answers = given.iter().filter(|given| given.question == question.id);
        let (Some(answer), None) = (answers.next(), answers.next()) else {
            return Err(format!("the question {:?} needs one answer", question.text));
        };
        let chosen = &answer.answers;
        if chosen.iter().any(|it| it.trim().is_empty()) {
            return Err(format!("the question {:?} needs words: an empty answer says nothing", question.text));
        }
        if chosen.is_empty() || (chosen.len() > 1 && !question.many) {
            return Err(format!(
                "the question {:?} needs {}",
                question.text,
                if question.many { "an answer" } else { "one answer" }
            ));
        }
        let is_own = |label: &&String| !question.choices.iter().any(|choice| choice.label == **label);
        let takes_own = question.free || question.choices.is_empty();
        if let Some(own) = chosen.iter().find(is_own).filter(|_| !takes_own) {
            return Err(format!("{own:?} is no choice of the question {:?}", question.text));
        }
    }
    Ok(())
}

/// The decision as it goes on record: what was typed as a secret is not in it.
pub(super) fn recorded(request: Option<&Request>, decision: &Decision) -> Decision {
    let (Some(Topic::Questions(questions)), Decision::Reply { given }) = (request.map(|it| &it.how.topic), decision)
    else {
        return decision.clone();
    };
    let secret = |id: &str| questions.iter().any(|question| question.id == id && question.secret);
    let given = given.iter().map(|given| match secret(&given.question) {
        true => Given { question: given.question.clone(), answers: vec!["(a secret)".to_owned()] },
        false => given.clone(),
    });
    Decision::Reply { given: given.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_answer_is_none() {
        let question = Question { id: "q".into(), text: "Which?".into(), free: true, ..Question::default() };
        let answers = |answers: &[&str]| {
            let answers = answers.iter().map(|&it| it.to_owned()).collect();
            fits(std::slice::from_ref(&question), &[Given { question: "q".into(), answers }])
        };
        assert_eq!(answers(&["blue"]), Ok(()));
        for none in ["", " ", "\n"] {
            assert!(answers(&[none]).unwrap_err().contains("an empty answer says nothing"));
        }
        assert!(answers(&[]).is_err());
    }
}
