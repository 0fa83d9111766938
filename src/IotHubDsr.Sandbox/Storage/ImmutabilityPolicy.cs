using IotHubDsr.Sandbox.Storage.Blobs;

namespace IotHubDsr.Sandbox.Storage;

/// <summary>A time-based retention policy of a container.</summary>
/// <param name="Days">Days since a blob was created in which it cannot be deleted: 1 to 146,000.</param>
/// <param name="IsLocked">It can only be prolonged. An unlocked policy protects just as much, until its owner removes it.</param>
/// <param name="AllowsAppends">Append blobs may still grow; each append begins their time anew.</param>
internal sealed record ImmutabilityPolicy(int Days, bool IsLocked = true, bool AllowsAppends = false)
{
    /// <summary>The longest that the service allows: four hundred years.</summary>
    public const int MostDays = 146_000;

    public DateTimeOffset EndFor(BlobRevision blob)
    {
        DateTimeOffset from = AllowsAppends && blob.Kind == BlobKind.Append ? blob.LastModified : blob.CreatedOn;
        return from.AddDays(Days);
    }
}
