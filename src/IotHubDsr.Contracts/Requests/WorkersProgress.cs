using System.Globalization;

namespace IotHubDsr;

/// <summary>How far workers have come with what a command has handed out.</summary>
public sealed record WorkersProgress
{
    private const double BytesOfGigabyte = 1e9;

    /// <summary>How many parts there are, as far as the command knows them.</summary>
    public required int Parts { get; init; }

    /// <summary>How many of them are done.</summary>
    public required int PartsDone { get; init; }

    /// <summary>How many workers are at one now.</summary>
    public required int Workers { get; init; }

    /// <summary>Bytes that are read in a second, all workers together; null while nothing is done.</summary>
    public double? BytesPerSecond { get; init; }

    /// <summary>How long the parts that are known will take; null while that cannot be told.</summary>
    public TimeSpan? TimeLeft { get; init; }

    /// <summary>Parts, workers, speed and the time left.</summary>
    public override string ToString()
    {
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{PartsDone} of {Counted.Of(Parts, "part")} done, {Counted.Of(Workers, "worker")}"
        );
        if (Workers == 0 && PartsDone < Parts)
            text += "; start some with Start-IotDsrWorker";
        if (BytesPerSecond is { } speed)
            text += string.Create(CultureInfo.InvariantCulture, $", {speed / BytesOfGigabyte:0.###} GB/s");
        return TimeLeft is { } left ? $"{text}, {TableText.Duration(left)} left" : text;
    }
}
