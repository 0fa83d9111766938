using System.Globalization;

namespace IotHubDsr.Core.Azure.Blobs;

/// <summary>What prevents changes to all blobs of a container.</summary>
/// <param name="HasPolicy">
/// A time-based retention policy: it prevents changing a blob as long as the policy exists, and deleting it for a time.
/// </param>
/// <param name="HasLegalHold">A legal hold, which has no end of its own.</param>
/// <param name="Days">For how many days since a blob was created the policy prevents deleting it; null when that is not known.</param>
internal sealed record ContainerHold(bool HasPolicy, bool HasLegalHold, int? Days)
{
    public bool IsHeld => HasPolicy || HasLegalHold;

    /// <summary>When a blob can be deleted; null when that is not known, or has no end.</summary>
    public DateTimeOffset? EndFor(DateTimeOffset createdOn) =>
        HasPolicy && !HasLegalHold && Days is { } days ? createdOn.AddDays(days) : null;

    /// <summary>Whether a blob can be deleted although the container is held.</summary>
    public bool LetsDelete(DateTimeOffset createdOn, DateTimeOffset now) => !IsHeld || EndFor(createdOn) <= now;

    /// <summary>The ground in words, without a full stop; null when there is none.</summary>
    public string? Ground =>
        (HasLegalHold, HasPolicy, Days) switch
        {
            (true, _, _) => "a legal hold on the container prevents changes",
            (_, true, { } days) => string.Create(
                CultureInfo.InvariantCulture,
                $"a retention policy on the container keeps each blob for {days} days from its creation; after that it can be deleted, "
                    + $"but changed only once the policy is removed"
            ),
            (_, true, null) => "a retention policy on the container prevents changes",
            _ => null,
        };
}
