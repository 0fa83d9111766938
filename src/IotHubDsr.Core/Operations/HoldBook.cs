using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Requests;

namespace IotHubDsr.Core.Operations;

/// <summary>The holds of a request, with the texts that they stand for.</summary>
internal sealed class HoldBook
{
    private readonly RequestKey _key;
    private readonly ILookup<string, Entry> _byLocation;

    private HoldBook(RequestKey key, IEnumerable<Entry> holds)
    {
        _key = key;
        _byLocation = holds.ToLookup(entry => entry.Hold.Location, StringComparer.Ordinal);
    }

    public static async Task<HoldBook> ReadAsync(OpenRequest open, CancellationToken cancellationToken)
    {
        var holds = new List<Entry>();
        foreach (Held hold in open.State.Holds)
        {
            string ground = await OpenRequest.ReadTextAsync(open.Folder, hold.Ground, cancellationToken)
                ?? "The ground is no longer known.";
            string? path = await OpenRequest.ReadTextAsync(open.Folder, hold.Item, cancellationToken);
            holds.Add(new Entry(hold, ground, path));
        }

        return new HoldBook(open.Key, holds);
    }

    /// <summary>The hold on all that a location holds of a subject; the one that is reviewed last, if there are several.</summary>
    public Settlement? OnAll(string locationId, string subject) =>
        Strongest(_byLocation[locationId].Where(entry => entry.Hold.Item is null && Concerns(entry.Hold, subject)));

    /// <summary>Whether there is a hold on an item of a location.</summary>
    public bool HasItems(string locationId) => _byLocation[locationId].Any(entry => entry.Hold.Item is not null);

    /// <summary>
    /// The hold on one item, on the item that it is an old copy of, or on an old copy of it: what is done to an item reaches its old
    /// copies.
    /// </summary>
    public Settlement? OnItem(string locationId, string subject, SeenItem item) =>
        Strongest(
            _byLocation[locationId].Where(entry => entry.Hold.Item is not null && Concerns(entry.Hold, subject) && IsOf(entry, item))
        );

    /// <summary>
    /// A hold that keeps nothing of a plan from being erased, in words: its location is not one of the plan's, or the items that are to be
    /// erased there are all others. Null when there is none.
    /// </summary>
    public string? Unmatched(ErasurePlan plan)
    {
        foreach (Entry entry in _byLocation.SelectMany(holds => holds))
        {
            List<ErasureStep> steps = [.. plan.Steps.Where(step => step.Location.Id == entry.Hold.Location)];
            if (steps.Count == 0)
                return $"there is no location '{entry.Hold.Location}'";
            List<ErasureStep> erased =
            [
                .. steps.Where(step => step.Action == ErasureAction.Erase && Concerns(entry.Hold, _key.Subject(step.DeviceId))),
            ];
            if (
                entry.Hold.Item is not null
                && erased.Count > 0
                && !erased.SelectMany(step => step.Finding.Items).Any(item => IsOf(entry, item))
            )
            {
                return $"there is no item '{entry.Path ?? entry.Hold.Item}' in {steps[0].Location}";
            }
        }

        return null;
    }

    private bool IsOf(Entry entry, SeenItem item)
    {
        string location = entry.Hold.Location;
        return _key.Item(location, item.Path) == entry.Hold.Item
            || _key.Item(location, item.Name) == entry.Hold.Item
            || (entry.Path is { } path && new SeenItem(path, ETag: null, 0, 0) { IsOldCopy = true }.Name == item.Name);
    }

    private static bool Concerns(Held hold, string subject) => hold.Subject is null || hold.Subject == subject;

    private static Settlement? Strongest(IEnumerable<Entry> holds) =>
        holds
            .OrderByDescending(entry => entry.Hold.ReviewAt)
            .Select(entry => new Settlement(Verdict.Held, entry.Hold.ReviewAt, $"Held by the operator: {entry.Ground}"))
            .FirstOrDefault();

    /// <param name="Hold">The hold.</param>
    /// <param name="Ground">Why it stands.</param>
    /// <param name="Path">The path of the item; null when all of the location is held.</param>
    private sealed record Entry(Held Hold, string Ground, string? Path);
}
