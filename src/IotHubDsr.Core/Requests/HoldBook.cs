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
        IEnumerable<(Held Hold, string Ground)> holds = _byLocation[locationId].Where(held => held.Hold.Item is not null);
        return holds.Any() ? Strongest(holds.Where(held => IsOf(_key, held.Hold, item) && Concerns(held.Hold, subject))) : null;
    }

    /// <summary>
    /// A hold of the request that keeps nothing of a plan from being erased: its location is not one of the plan's, or the items that are to be
    /// erased there are all others. Null when there is none.
    /// </summary>
    public static async Task<string?> FindUnmatchedAsync(OpenRequest open, ErasurePlan plan, CancellationToken cancellationToken)
    {
        foreach (Held hold in open.State.Holds)
        {
            List<ErasureStep> steps = [.. plan.Steps.Where(step => step.Location.Id == hold.Location)];
            if (steps.Count == 0)
                return $"there is no location '{hold.Location}'";
            List<ErasureStep> erased = [.. steps.Where(step => step.Action == ErasureAction.Erase && Concerns(hold, open.Key.Subject(step.DeviceId)))];
            if (hold.Item is not { } item || erased.Count == 0 || erased.SelectMany(step => step.Finding.Items).Any(seen => IsOf(open.Key, hold, seen)))
                continue;
            string path = await OpenRequest.ReadTextAsync(open.Folder, item, cancellationToken).ConfigureAwait(false) ?? item;
            return $"there is no item '{path}' in {steps[0].Location}";
        }

        return null;
    }

    private static bool IsOf(RequestKey key, Held hold, SeenItem item) =>
        key.Item(hold.Location, item.Path) == hold.Item || key.Item(hold.Location, item.Name) == hold.Item;

    private static bool Concerns(Held hold, string subject) => hold.Subject is null || hold.Subject == subject;

    private static Settlement? Strongest(IEnumerable<(Held Hold, string Ground)> holds) => holds
        .OrderByDescending(held => held.Hold.ReviewAt)
        .Select(held => new Settlement(Verdict.Held, held.Hold.ReviewAt, $"Held by the operator: {held.Ground}"))
        .FirstOrDefault();
}
