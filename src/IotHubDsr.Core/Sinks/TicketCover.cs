namespace IotHubDsr.Core.Sinks;

/// <summary>
/// The records that an order to erase is for, each by a text by which its sink knows the record again. The journal keeps hashes of the
/// texts, under the request's key: with them a later run orders what is not ordered yet, and nothing twice.
/// </summary>
internal sealed class TicketCover
{
    private readonly Func<string, bool> _has;

    private TicketCover(IReadOnlyCollection<string> texts, Func<string, bool> has) => (Texts, _has) = (texts, has);

    /// <summary>The texts; none when it was read from a journal.</summary>
    public IReadOnlyCollection<string> Texts { get; }

    public static TicketCover Of(IEnumerable<string> texts)
    {
        HashSet<string> all = new(texts, StringComparer.Ordinal);
        return new TicketCover(all, all.Contains);
    }

    /// <summary>One of which only hashes are left.</summary>
    public static TicketCover Recorded(Func<string, bool> has) => new([], has);

    public bool Has(string text) => _has(text);
}

/// <summary>Records of devices that stay, and that no later reading finds once the order is carried out.</summary>
/// <param name="Records">How many of each device.</param>
/// <param name="Until">When the last of them leaves by retention; null when that is not known, or it does not.</param>
/// <param name="DeviceIds">The devices.</param>
internal sealed record LeftBehind(long Records, DateTimeOffset? Until, IReadOnlyList<string> DeviceIds);
