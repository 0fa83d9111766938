using System.Diagnostics.CodeAnalysis;

namespace IotHubDsr;

/// <summary>Something that a running operation tells the cmdlet. The hierarchy is closed.</summary>
public abstract record DsrEvent
{
    private protected DsrEvent() { }
}

/// <summary>A result for the output stream.</summary>
/// <typeparam name="T">Type of the result.</typeparam>
/// <param name="Value">The result.</param>
public sealed record OutputEvent<T>(T Value) : DsrEvent, IOutputEvent
    where T : class
{
    object IOutputEvent.Value => Value;
}

/// <summary>An output event, whatever the type of its result.</summary>
public interface IOutputEvent
{
    /// <summary>The result.</summary>
    object Value { get; }
}

/// <summary>How far an operation has come. The activity is the operation; a child per location.</summary>
/// <param name="LocationId">The location; null for the operation as a whole.</param>
/// <param name="Activity">What is being done, and where.</param>
/// <param name="Status">How far it has come, in words.</param>
/// <param name="Percent">0 to 100 when the total is known, otherwise null.</param>
/// <param name="Completed">True for the last event of its activity.</param>
public sealed record ProgressEvent(string? LocationId, string Activity, string Status, int? Percent = null, bool Completed = false)
    : DsrEvent;

/// <summary>A line for one of the informational streams.</summary>
/// <param name="Level">The stream.</param>
/// <param name="Text">The line.</param>
public sealed record NoticeEvent(NoticeLevel Level, string Text) : DsrEvent;

/// <summary>Streams that a notice can go to.</summary>
public enum NoticeLevel
{
    /// <summary>Requests, without payload.</summary>
    Debug = 0,

    /// <summary>One line per location and decision.</summary>
    Verbose = 1,

    /// <summary>Surprising, but the operation goes on.</summary>
    Warning = 2,
}

/// <summary>A failure of a part of the operation; the rest goes on.</summary>
/// <param name="Fault">The catalogued failure.</param>
public sealed record FaultEvent(Fault Fault) : DsrEvent;

/// <summary>A failure after which the operation cannot go on.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "It always carries a catalogued fault.")]
public sealed class DsrException : Exception
{
    /// <summary>Wraps a catalogued failure.</summary>
    /// <param name="fault">The failure.</param>
    /// <param name="innerException">The cause; it never crosses into PowerShell's streams with a secret in it.</param>
    public DsrException(Fault fault, Exception? innerException = null)
        : base(fault.Message, innerException) => Fault = fault;

    /// <summary>The catalogued failure.</summary>
    public Fault Fault { get; }
}
