using System.Globalization;
using System.Security.Cryptography;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using Microsoft.Extensions.Primitives;

namespace IotHubDsr.Sandbox.Control;

/// <summary>Blobs by the back door: a test sees them, plants them and removes them past the simulated service.</summary>
internal sealed class ControlBlobs(BlobStore store)
{
    private const string LastModifiedHeader = "x-sandbox-last-modified";

    // Present: the content is added to an append blob, as its writer would do.
    private const string AppendHeader = "x-sandbox-append";

    // A number: the blob is planted under so many names, its own with /0, /1 and so on, and its bytes are held once.
    private const string CopiesHeader = "x-sandbox-copies";

    public Task HandleAsync(HttpContext context, string method, string account, string container, string name)
    {
        if (!store.TryGetAccount(account, out BlobAccount? found))
            return Reply.TextAsync(context, StatusCodes.Status404NotFound, $"There is no storage account '{account}'.");

        switch (method, name)
        {
            case ("PUT", not ""):
                return PutAsync(context, found.GetOrAddContainer(container), name);
            case var _ when !found.TryGetContainer(container, out _):
                return Reply.TextAsync(context, StatusCodes.Status404NotFound, $"There is no container '{container}'.");
            case ("GET", ""):
                return Reply.JsonAsync(context, List(found.GetOrAddContainer(container)), SandboxJson.Default.IReadOnlyListListedBlob);
            case ("GET", _):
                return GetAsync(context, found.GetOrAddContainer(container), name);
            case ("DELETE", not ""):
                found.GetOrAddContainer(container).Delete(name);
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return Task.CompletedTask;
            default:
                return Reply.TextAsync(context, StatusCodes.Status404NotFound, "Blobs can be listed, read, planted and removed.");
        }
    }

    public void Copy(string account, string container, CopyRequest request)
    {
        if (!store.TryGetAccount(account, out BlobAccount? found) || !found.TryGetContainer(container, out BlobContainer? target))
            throw new ArgumentException($"There is no container '{account}/{container}'.");

        lock (target.Gate)
        {
            if (!target.TryGetEntry(request.Source, out BlobEntry? entry) || entry.Current is not { } source)
                throw new ArgumentException($"There is no blob '{request.Source}'.");
            ReadOnlyMemory<byte> content = source.Content.ToMemory();
            var seed = new BlobSeed { ContentType = source.Headers.ContentType, LastModified = source.LastModified };
            foreach (string name in request.Names)
                target.Put(name, content, seed);
        }
    }

    public void Protect(string account, string container, ContainerPolicyRequest request)
    {
        if (!store.TryGetAccount(account, out BlobAccount? found) || !found.TryGetContainer(container, out BlobContainer? protectedOne))
            throw new ArgumentException($"There is no container '{account}/{container}'.");

        ArgumentOutOfRangeException.ThrowIfNegative(request.Days);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Days, ImmutabilityPolicy.MostDays);
        lock (protectedOne.Gate)
        {
            protectedOne.Policy = request.Days == 0 ? null : new(request.Days, request.Locked, request.AllowAppends);
            protectedOne.LegalHolds = request.LegalHolds ?? [];
        }
    }

    private static List<ListedBlob> List(BlobContainer container) =>
        [
            .. container
                .List(includeOld: true)
                .GroupBy(blob => blob.Name, StringComparer.Ordinal)
                .OrderBy(copies => copies.Key, StringComparer.Ordinal)
                .Select(copies =>
                {
                    BlobSnapshotInfo? current = copies.FirstOrDefault(IsCurrent);
                    string? digest = current is null ? null : Convert.ToHexStringLower(SHA256.HashData(current.Content.Span));
                    return new ListedBlob(copies.Key, current?.Length ?? 0, digest, current?.ETag, copies.Count(copy => !IsCurrent(copy)));
                }),
        ];

    private static bool IsCurrent(BlobSnapshotInfo blob) => blob is { IsCurrent: true, Deleted: false };

    private static Task GetAsync(HttpContext context, BlobContainer container, string name)
    {
        BlobSnapshotInfo? blob = container.List(name).FirstOrDefault(blob => blob.Name == name && IsCurrent(blob));
        return blob is null
            ? Reply.TextAsync(context, StatusCodes.Status404NotFound, $"There is no blob '{name}'.")
            : Reply.BytesAsync(context, StatusCodes.Status200OK, "application/octet-stream", blob.Content);
    }

    private static async Task PutAsync(HttpContext context, BlobContainer container, string name)
    {
        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content, context.RequestAborted);
        var seed = new BlobSeed();
        if (context.Request.ContentType is { Length: > 0 } type)
            seed = seed with { ContentType = type };

        if (context.Request.Headers.TryGetValue(LastModifiedHeader, out StringValues time))
        {
            seed = seed with
            {
                LastModified = DateTimeOffset.Parse(time.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            };
        }

        byte[] bytes = content.ToArray();
        if (context.Request.Headers.ContainsKey(AppendHeader))
        {
            container.Append(name, bytes, seed.LastModified);
            context.Response.StatusCode = StatusCodes.Status201Created;
            return;
        }

        if (!context.Request.Headers.TryGetValue(CopiesHeader, out StringValues copies))
            container.Put(name, bytes, seed);

        for (
            int copy = 0;
            copy < (copies.Count == 0 ? 0 : int.Parse(copies.ToString(), NumberStyles.None, CultureInfo.InvariantCulture));
            copy++
        )
        {
            container.Put($"{name}/{copy}", bytes, seed);
        }

        context.Response.StatusCode = StatusCodes.Status201Created;
    }
}
