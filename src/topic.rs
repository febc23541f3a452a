//! Files a passage under the topics of the desk.

use crate::amount::Amount;

/// A label of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    CloudDeal,
    AiModel,
    Assistant,
    Regulation,
    Chips,
    DataCenter,
    Funding,
    Acquisition,
    Security,
    Layoffs,
    Devices,
}

impl Topic {
    /// Every label, in the order of the contract.
    pub const ALL: [Topic; 11] = [
        Topic::CloudDeal,
        Topic::AiModel,
        Topic::Assistant,
        Topic::Regulation,
        Topic::Chips,
        Topic::DataCenter,
        Topic::Funding,
        Topic::Acquisition,
        Topic::Security,
        Topic::Layoffs,
        Topic::Devices,
    ];

    /// The label as in filters and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Topic::CloudDeal => "cloud-deal",
            Topic::AiModel => "ai-model",
            Topic::Assistant => "assistant",
            Topic::Regulation => "regulation",
            Topic::Chips => "chips",
            Topic::DataCenter => "data-center",
            Topic::Funding => "funding",
            Topic::Acquisition => "acquisition",
            Topic::Security => "security",
            Topic::Layoffs => "layoffs",
            Topic::Devices => "devices",
        }
    }

    /// The topic of a label.
    pub fn parse(label: &str) -> Option<Topic> {
        Topic::ALL.into_iter().find(|t| t.as_str() == label)
    }
}

/// The topics of one passage; title and heading are its context. Companies are ids.
pub fn classify(
    _title: &str,
    _heading: Option<&str>,
    _text: &str,
    _companies: &[&str],
    _amounts: &[Amount],
) -> Vec<Topic> {
    Vec::new()
}
