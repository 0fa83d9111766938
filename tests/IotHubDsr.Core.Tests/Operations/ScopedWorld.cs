using System.Text;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>A container with messages of several devices and generations, and what a run did to it.</summary>
internal static class ScopedWorld
{
    public const string Container = "paused-archive";
    public const string Blob = "contoso-hub/00/2026/01/05/08/00";

    public static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    /// <summary>A world whose container under test holds nothing yet.</summary>
    public static async Task<RequestSandbox> StartAsync()
    {
        RequestSandbox sandbox = await RequestSandbox.StartAsync();
        BlobContainer container = ContainerOf(sandbox, WorldNames.PlainAccount, Container);
        foreach (string name in container.List(includeOld: false).Select(blob => blob.Name).ToList())
            container.Delete(name);
        return sandbox;
    }

    public static RoutedMessage Message(string deviceId, string generation, int second) =>
        new(Start.AddSeconds(second), deviceId, generation, Encoding.UTF8.GetBytes($$"""{"n":{{second}}}""")) { IsJson = true };

    public static List<RoutedMessage> Messages(params string[] pairs) =>
        [.. pairs.Chunk(2).Select((pair, number) => Message(pair[0], pair[1], number))];

    public static BlobContainer ContainerOf(RequestSandbox sandbox, string account, string container) =>
        sandbox.Server.World.Blobs.GetOrAddAccount(account).GetOrAddContainer(container);

    public static void Put(RequestSandbox sandbox, IReadOnlyList<RoutedMessage> messages) =>
        ContainerOf(sandbox, WorldNames.PlainAccount, Container)
            .Put(Blob, RoutedFile.Write(messages, RoutedEncoding.Json), new BlobSeed { LastModified = Start });

    public static void PutUpload(RequestSandbox sandbox, string name, DateTimeOffset at) =>
        ContainerOf(sandbox, WorldNames.UploadAccount, WorldNames.UploadContainer)
            .Put(name, "x"u8.ToArray(), new BlobSeed { LastModified = at });

    public static string Text(IEnumerable<RoutedMessage> messages) =>
        Encoding.UTF8.GetString(RoutedFile.Write([.. messages], RoutedEncoding.Json).Span);

    public static string Text(RequestSandbox sandbox) =>
        ContainerOf(sandbox, WorldNames.PlainAccount, Container).TryGetEntry(Blob, out BlobEntry? entry) && entry.Current is { } current
            ? Encoding.UTF8.GetString(current.Content.ToMemory().Span)
            : throw new KeyNotFoundException(Blob);

    public static HubIdentity Device(RequestSandbox sandbox, string deviceId)
    {
        lock (sandbox.Server.World.Registry.Gate)
            return sandbox.Server.World.Registry.Device(deviceId);
    }

    /// <summary>Devices, queues and uploaded files that were deleted.</summary>
    public static IEnumerable<LoggedRequest> Deletions(RequestSandbox sandbox) =>
        sandbox
            .Server.RequestLog.After(0)
            .Where(request =>
                request.Method == "DELETE"
                && request.Status is >= 200 and < 300
                && (request.Service == "hub" || request.Target.StartsWith("/" + WorldNames.UploadContainer + "/", StringComparison.Ordinal))
            );

    /// <summary>By the kind of the location, or by the end of its place.</summary>
    public static ErasureReceipt Of(IEnumerable<ErasureReceipt> receipts, string kindOrContainer) =>
        receipts.Single(receipt =>
            receipt.Kind == kindOrContainer || receipt.Location.Place.EndsWith("/" + kindOrContainer, StringComparison.Ordinal)
        );

    public static object Facts(ErasureReceipt receipt) =>
        (receipt.DeviceId, receipt.Location.Id, receipt.Verdict, receipt.RecordsErased, receipt.RecordsRemaining, receipt.ItemsChanged);
}
