using System.Globalization;

namespace IotHubDsr.Sandbox.Storage.Blobs;

/// <summary>
/// Time and identity: ETags, version IDs and snapshot IDs are points in time at 100 ns, and no two of a world may be equal,
/// even while the clock of a test stands still.
/// </summary>
internal sealed class StampClock(TimeProvider time)
{
    private const string IdFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    private long _last;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>A stamp later than every earlier one and not before now.</summary>
    public long Next()
    {
        while (true)
        {
            long last = Interlocked.Read(ref _last);
            long next = Math.Max(last + 1, time.GetUtcNow().UtcTicks);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
                return next;
        }
    }

    /// <summary>The form of version and snapshot IDs: sortable as text, seven digits of a second.</summary>
    public string NextId() => ToId(Next());

    public string NextETag() => string.Create(CultureInfo.InvariantCulture, $"\"0x{Next():X}\"");

    public static string ToId(long ticks) => new DateTime(ticks, DateTimeKind.Utc).ToString(IdFormat, CultureInfo.InvariantCulture);

    public static bool IsId(string text) =>
        DateTime.TryParseExact(text, IdFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
}
