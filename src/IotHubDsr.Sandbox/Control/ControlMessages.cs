using IotHubDsr.Sandbox.Identity;

namespace IotHubDsr.Sandbox.Control;

/// <summary>POST /sandbox/clock.</summary>
internal sealed record ClockRequest(double AdvanceSeconds);

/// <summary>The world's time after it was advanced.</summary>
internal sealed record ClockState(DateTimeOffset Now);

/// <summary>POST /sandbox/access: replaces all earlier denials; an empty list gives every right back.</summary>
internal sealed record AccessRequest(IReadOnlyList<string> Deny);

/// <summary>
/// POST /sandbox/roles: replaces all earlier assignments; without a list the application may do everything again. A role has the form of
/// Azure's own role definition files.
/// </summary>
internal sealed record RolesRequest(IReadOnlyList<RoleAssignment>? Assignments = null);

/// <summary>POST /sandbox/tokens: for tokens issued from now on. Zero or less issues expired ones.</summary>
internal sealed record TokenRequest(double LifetimeSeconds);

/// <summary>POST /sandbox/hub: scales the hub, which refills its token buckets.</summary>
internal sealed record HubScaleRequest(string Sku, int Units);

/// <summary>
/// GET /sandbox/hub: the scale of the hub, and what its throttles have let through since the start, by the kind of operation. A bulk call
/// counts its devices.
/// </summary>
internal sealed record HubState(string Sku, int Units, IReadOnlyDictionary<string, long> Operations);

/// <summary>POST /sandbox/copies/{account}/{container}: plants the content of a blob under further names, its bytes held once.</summary>
internal sealed record CopyRequest(string Source, IReadOnlyList<string> Names);

/// <summary>
/// POST /sandbox/policies/{account}/{container}: what protects the container from now on. Zero days is no policy, no tag is no hold.
/// </summary>
internal sealed record ContainerPolicyRequest(
    int Days = 0,
    bool Locked = true,
    bool AllowAppends = false,
    IReadOnlyList<string>? LegalHolds = null
);

/// <summary>
/// A name in a container, as GET /sandbox/blobs lists it. Versions counts the copies that are not current: previous
/// versions, snapshots and soft-deleted ones. Digest (in hex) and ETag are null when those are all that is left.
/// </summary>
internal sealed record ListedBlob(string Name, long Length, string? Sha256, string? Etag, int Versions);
