using IotHubDsr.Evidence;

namespace IotHubDsr.Requests;

/// <summary>The holds of a request, with the texts that they stand for.</summary>
internal sealed class HoldBook
{
    private readonly RequestKey _key;
    private readonly ILookup<string, (Held Hold, string Ground)> _byLocation;

    private HoldBook(RequestKey key, IEnumerable<(Held Hold, string Ground)> holds)
    {
        _key = key;
        _byLocation = holds.ToLookup(hold => hold.Hold.Location, StringComparer.Ordinal);
    }

    public static async Task<HoldBook> ReadAsync(OpenRequest open, CancellationToken cancellationToken)
    {
        var holds = new List<(Held, string)>();
        foreach (Held hold in open.State.Holds)
            holds.Add((hold, await OpenRequest.ReadTextAsync(open.Folder, hold.Ground, cancellationToken).ConfigureAwait(false) ?? "The ground is not known any more."));
        return new HoldBook(open.Key, holds);
    }

    /// <summary>The hold on all that a location holds of a subject; the one that is reviewed last, if there are several.</summary>
    public Settlement? OnAll(string locationId, string subject) => Strongest(
        _byLocation[locationId].Where(held => held.Hold.Item is null && Concerns(held.Hold, subject)));

    /// <summary>The hold on one item, or on the item that it is an old copy of.</summary>
    public Settlement? OnItem(string locationId, string subject, SeenItem item)
    {
        IEnumerable<(Held Hold, string Ground)> holds = _byLocation[locationId];
        if (!holds.Any())
            return null;
        string path = _key.Item(locationId, item.Path), name = _key.Item(locationId, item.Name);
        return Strongest(holds.Where(held => held.Hold.Item is { } named && (named == path || named == name) && Concerns(held.Hold, subject)));
    }

    private static bool Concerns(Held hold, string subject) => hold.Subject is null || hold.Subject == subject;

    private static Settlement? Strongest(IEnumerable<(Held Hold, string Ground)> holds) => holds
        .OrderByDescending(held => held.Hold.ReviewAt)
        .Select(held => new Settlement(Verdict.Held, held.Hold.ReviewAt, $"Held by the operator: {held.Ground}"))
        .FirstOrDefault();
}
