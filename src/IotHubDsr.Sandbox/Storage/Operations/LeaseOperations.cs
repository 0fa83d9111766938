using System.Globalization;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Operations;

/// <summary>Lease Blob and Lease Container.</summary>
internal static class LeaseOperations
{
    public static StorageResponse OnBlob(BlobCall call)
    {
        (BlobEntry? entry, BlobRevision? current) = call.FindCurrent();
        Conditions.Of(call.Request).CheckWrite(current);
        return Apply(call.Request, entry.Lease, call.Now).WithIdentity(current);
    }

    public static StorageResponse OnContainer(BlobRequest request, BlobContainer container) =>
        Apply(request, container.Lease, container.Account.Clock.Now)
            .With("ETag", container.ETag)
            .With("Last-Modified", container.LastModified);

    public static void AddStatus(StorageResponse response, Lease lease, DateTimeOffset now)
    {
        LeaseState state = lease.StateAt(now);
        response.With("x-ms-lease-status", Status(lease, now)).With("x-ms-lease-state", Name(state));
        if (state == LeaseState.Leased)
            response.With("x-ms-lease-duration", Duration(lease));
    }

    public static string Status(Lease lease, DateTimeOffset now) => lease.IsLockedAt(now) ? "locked" : "unlocked";

    public static string Duration(Lease lease) => lease.IsInfinite ? "infinite" : "fixed";

    public static string Name(LeaseState state) =>
        state switch
        {
            LeaseState.Leased => "leased",
            LeaseState.Expired => "expired",
            LeaseState.Breaking => "breaking",
            LeaseState.Broken => "broken",
            _ => "available",
        };

    private static StorageResponse Apply(BlobRequest request, Lease lease, DateTimeOffset now)
    {
        switch (request.RequiredHeader("x-ms-lease-action").ToLowerInvariant())
        {
            case "acquire":
                string id = lease.Acquire(Proposed(request), AcquireDuration(request), now);
                return new StorageResponse(201).With("x-ms-lease-id", id);
            case "renew":
                lease.Renew(request.RequiredHeader("x-ms-lease-id"), now);
                return new StorageResponse(200).With("x-ms-lease-id", lease.Id);
            case "change":
                string proposed = Proposed(request) ?? throw StorageErrors.MissingHeader("x-ms-proposed-lease-id");
                return new StorageResponse(200).With("x-ms-lease-id", lease.Change(request.RequiredHeader("x-ms-lease-id"), proposed, now));
            case "release":
                lease.Release(request.RequiredHeader("x-ms-lease-id"));
                return new StorageResponse(200);
            case "break":
                TimeSpan left = lease.Break(BreakPeriod(request), now);
                return new StorageResponse(202).With("x-ms-lease-time", (long)Math.Ceiling(left.TotalSeconds));
            case var action:
                throw StorageErrors.InvalidHeader("x-ms-lease-action", action);
        }
    }

    private static string? Proposed(BlobRequest request)
    {
        const string Header = "x-ms-proposed-lease-id";
        string? id = request.Header(Header);
        return id is null || Guid.TryParse(id, out _) ? id : throw StorageErrors.InvalidHeader(Header, id);
    }

    private static TimeSpan? AcquireDuration(BlobRequest request)
    {
        const string Header = "x-ms-lease-duration";
        return request.LongHeader(Header) switch
        {
            null => throw StorageErrors.MissingHeader(Header),
            -1 => null,
            { } seconds and >= 15 and <= 60 => TimeSpan.FromSeconds(seconds),
            { } seconds => throw StorageErrors.InvalidHeader(Header, seconds.ToString(CultureInfo.InvariantCulture)),
        };
    }

    private static TimeSpan? BreakPeriod(BlobRequest request)
    {
        const string Header = "x-ms-lease-break-period";
        return request.LongHeader(Header) switch
        {
            null => null,
            { } seconds and >= 0 and <= 60 => TimeSpan.FromSeconds(seconds),
            { } seconds => throw StorageErrors.InvalidHeader(Header, seconds.ToString(CultureInfo.InvariantCulture)),
        };
    }
}
