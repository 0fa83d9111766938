using System.Globalization;
using IotHubDsr.Core.Evidence.Segments;
using IotHubDsr.Core.Evidence.Stores;

namespace IotHubDsr.Core.Distribution;

/// <summary>How far workers have come, in words.</summary>
internal sealed class DistributedProgress(TimeProvider time)
{
    private const double BytesOfGigabyte = 1e9;

    private readonly long _start = time.GetTimestamp();
    private int _planned;
    private long _plannedBytes;
    private int _taken;
    private long _takenBytes;
    private int _workers;

    /// <summary>Parts done, workers, speed and the time left, and how many of a hundred parts are done.</summary>
    public (string Text, int? Percent) Status
    {
        get
        {
            double seconds = time.GetElapsedTime(_start).TotalSeconds;
            double speed = seconds > 0 ? _takenBytes / seconds : 0;
            string text = string.Create(
                CultureInfo.InvariantCulture,
                $"{_taken} of {Counted.Of(_planned, "part")} done, {Counted.Of(_workers, "worker")}"
            );
            if (_workers == 0 && _taken < _planned)
                text += "; start some with Start-IotDsrWorker";
            if (speed > 0)
            {
                text += string.Create(CultureInfo.InvariantCulture, $", {speed / BytesOfGigabyte:0.###} GB/s");
                if (_taken < _planned)
                    text += $", {TableText.Duration(TimeSpan.FromSeconds((_plannedBytes - _takenBytes) / speed))} left";
            }

            return (text, _planned == 0 ? null : (int)(_taken * 100L / _planned));
        }
    }

    public void Plan(int units, long bytes)
    {
        Interlocked.Add(ref _planned, units);
        Interlocked.Add(ref _plannedBytes, bytes);
    }

    public void Take(long bytes)
    {
        _taken++;
        _takenBytes += bytes;
    }

    /// <summary>Workers are those that hold a segment now.</summary>
    public void See(IEnumerable<SegmentListing> segments) =>
        _workers = segments
            .Where(static segment => segment.IsHeld)
            .Select(static segment => SegmentMarks.Worker(segment.Marks))
            .Distinct(StringComparer.Ordinal)
            .Count();
}
