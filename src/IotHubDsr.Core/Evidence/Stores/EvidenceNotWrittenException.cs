using System.Diagnostics.CodeAnalysis;

namespace IotHubDsr.Core.Evidence.Stores;

/// <summary>
/// A store took no write: its disk is full, or the account may not. Whoever is told has to know that from a failed reading.
/// </summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "It always has a cause.")]
internal sealed class EvidenceNotWrittenException(Exception cause) : IOException(cause.Message, cause);
