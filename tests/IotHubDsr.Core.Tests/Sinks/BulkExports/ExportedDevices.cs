using System.Text;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.BulkExports;

/// <summary>An export of all devices of the sandbox's hub, by a job of the hub.</summary>
internal static class ExportedDevices
{
    public const string Container = "exports";
    public const string Blob = "devices.txt";

    /// <summary>Exports, as a client of the hub does it; the text of what was written.</summary>
    public static string Add(SandboxWorld world)
    {
        world.Blobs.GetOrAddAccount(WorldNames.UploadAccount).GetOrAddContainer(Container);
        lock (world.Registry.Gate)
        {
            world.Jobs.Transfer(
                new JsonObject
                {
                    ["type"] = "export",
                    ["outputBlobContainerUri"] = $"https://{WorldNames.UploadAccount}.blob.core.windows.net/{Container}?sig=c2VjcmV0",
                }
            );
        }

        return Text(world);
    }

    /// <summary>What the blob holds now.</summary>
    public static string Text(SandboxWorld world)
    {
        BlobContainer container = world.Blobs.GetOrAddAccount(WorldNames.UploadAccount).GetOrAddContainer(Container);
        Assert.True(container.TryGetEntry(Blob, out BlobEntry? entry));
        return Encoding.UTF8.GetString(entry.Current!.Content.ToMemory().Span);
    }
}
