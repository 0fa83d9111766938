using System.Diagnostics.CodeAnalysis;

namespace IotHubDsr.Core.Evidence.Stores;

/// <summary>
/// A store refused a write: its disk is full, or the account lacks permission. Callers must distinguish this from a failed read.
/// </summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "It always has a cause.")]
internal sealed class EvidenceNotWrittenException(Exception cause) : IOException(cause.Message, cause);
