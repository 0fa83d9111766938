namespace IotHubDsr;

/// <summary>An event that a running operation sends to the cmdlet. The hierarchy is closed.</summary>
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

/// <summary>The progress of an operation. The activity is the operation; a child per location.</summary>
/// <param name="LocationId">The location; null for the operation as a whole.</param>
/// <param name="Activity">What is being done, and where.</param>
/// <param name="Status">The progress, in words.</param>
/// <param name="Percent">0 to 100 when the total is known, otherwise null.</param>
/// <param name="Completed">True for the last event of its activity.</param>
public sealed record ProgressEvent(string? LocationId, string Activity, string Status, int? Percent = null, bool Completed = false)
    : DsrEvent;

/// <summary>A line for one of the informational streams.</summary>
/// <param name="Level">The stream.</param>
/// <param name="Text">The line.</param>
public sealed record NoticeEvent(NoticeLevel Level, string Text) : DsrEvent;

/// <summary>A failure of a part of the operation; the rest continues.</summary>
/// <param name="Fault">The catalogued failure.</param>
public sealed record FaultEvent(Fault Fault) : DsrEvent;
