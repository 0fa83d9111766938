using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Tests.Sinks;

/// <summary>Remembers what a sink tells and announces in the calls of a test.</summary>
internal sealed class CallRecorder
{
    public List<DsrEvent> Events { get; } = [];

    public List<Announcement> Announced { get; } = [];

    public IEnumerable<Fault> Reported => Events.OfType<FaultEvent>().Select(reported => reported.Fault);

    public ValueTask TellAsync(DsrEvent told, CancellationToken cancellationToken)
    {
        lock (Events)
            Events.Add(told);
        return ValueTask.CompletedTask;
    }

    public ValueTask AnnounceAsync(Announcement announced, CancellationToken cancellationToken)
    {
        lock (Announced)
            Announced.Add(announced);
        return ValueTask.CompletedTask;
    }
}
