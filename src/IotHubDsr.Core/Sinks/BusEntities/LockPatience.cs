using System.Diagnostics;

namespace IotHubDsr.Core.Sinks.BusEntities;

/// <summary>
/// How long to wait for messages that are locked although nobody receives them in the ordinary course of things: whoever has them is likely
/// to be a run that was killed, whose locks end by themselves.
/// </summary>
internal sealed class LockPatience(TimeSpan lockDuration)
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    private readonly long _began = Stopwatch.GetTimestamp();

    public bool Lasts => Stopwatch.GetElapsedTime(_began) < lockDuration + Margin;
}
