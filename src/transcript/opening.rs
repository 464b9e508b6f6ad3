//! Who a session is: told once it is known where it works, and whatever of it changes later.

use super::{CHANNEL, Out, Told};
use crate::domain::{AgentFace, By, Capabilities, ConfigOption, Event, LaneId, Source, Workplace};

/// Letters of a name that an agent is known by.
const NAME: usize = 40;

/// The tool that wrote a transcript.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tool {
    /// The agent's name in taut's settings.
    pub(super) agent: &'static str,
    /// Its own name.
    pub(super) vendor: &'static str,
    /// Its name for people.
    pub(super) title: &'static str,
}

/// What is known of a session; each change is told.
#[derive(Debug, Default)]
pub(super) struct Opening {
    tool: Tool,
    /// The file's name, without its ending.
    name: String,
    /// What was told before it was known where the session works.
    waiting: Vec<Told>,
    begun: bool,
    /// The agent's name, where the tool writes down what other agents do.
    pub(super) named: Option<String>,
    pub(super) session: Option<String>,
    pub(super) cwd: String,
    pub(super) branch: Option<String>,
    pub(super) version: Option<String>,
    pub(super) model: Option<String>,
    pub(super) mode: Option<String>,
}

impl Opening {
    pub(super) fn new(tool: Tool, name: &str) -> Self {
        Self { tool, name: name.to_owned(), ..Self::default() }
    }

    pub(super) fn is_begun(&self) -> bool {
        self.begun
    }

    /// What was told from here on waits while the session has not begun: its beginning comes first.
    pub(super) fn keeps(&mut self, out: &mut Out, from: usize) {
        if !self.begun {
            self.waiting.extend(out.told.drain(from..));
        }
    }

    pub(super) fn begin(&mut self, out: &mut Out) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        let short = self.session.as_deref().unwrap_or(&self.name).chars().take(8).collect::<String>();
        // What was told before stands behind the beginning.
        self.waiting.append(&mut out.told);
        out.event(
            LaneId::ROOT,
            Event::SessionStarted {
                name: format!("{}-{short}", self.agent()),
                agent: self.agent(),
                driver: CHANNEL.to_owned(),
                cwd: self.cwd.clone(),
                command: Vec::new(),
                env: Vec::new(),
            },
        );
        self.place(out);
        self.source(out);
        self.face(out);
        out.event(LaneId::ROOT, Event::Opened);
        out.told.append(&mut self.waiting);
    }

    fn agent(&self) -> String {
        self.named.as_deref().map_or_else(|| self.tool.agent.to_owned(), |name| name.chars().take(NAME).collect())
    }

    pub(super) fn place(&self, out: &mut Out) {
        if let Some(branch) = &self.branch {
            let place = Workplace { folder: self.cwd.clone(), branch: Some(branch.clone()), ..Workplace::default() };
            out.event(LaneId::ROOT, Event::Placed { place: Box::new(place) });
        }
    }

    pub(super) fn source(&self, out: &mut Out) {
        if let Some(native) = self.session.clone() {
            let source = Source { channel: CHANNEL.to_owned(), vendor: self.tool.vendor.to_owned(), native };
            out.event(LaneId::ROOT, Event::SourceAttached { source });
        }
    }

    pub(super) fn face(&self, out: &mut Out) {
        let face = AgentFace {
            name: Some(self.tool.vendor.to_owned()),
            title: Some(self.named.clone().unwrap_or_else(|| self.tool.title.to_owned())),
            version: self.version.clone(),
        };
        out.event(LaneId::ROOT, Event::Connected { face, can: Capabilities::default(), login: Vec::new() });
    }

    pub(super) fn mode_is(&mut self, out: &mut Out, mode: &str) {
        if self.mode.as_deref() != Some(mode) {
            self.mode = Some(mode.to_owned());
            out.event(LaneId::ROOT, Event::ModeChanged { mode: mode.to_owned(), by: By::Agent });
        }
    }

    pub(super) fn model_is(&mut self, out: &mut Out, model: &str) {
        if self.model.as_deref() == Some(model) {
            return;
        }
        self.model = Some(model.to_owned());
        let option = ConfigOption {
            id: "model".to_owned(),
            name: "Model".to_owned(),
            category: Some("model".to_owned()),
            current: model.to_owned(),
            values: Vec::new(),
            switch: false,
        };
        out.event(LaneId::ROOT, Event::OptionsOffered { options: vec![option] });
    }
}
