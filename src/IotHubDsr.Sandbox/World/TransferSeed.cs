using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hub.Jobs;
using IotHubDsr.Sandbox.Storage;

namespace IotHubDsr.Sandbox.World;

/// <summary>An export of all devices that the operator had the hub make some days ago, and forgot.</summary>
internal static class TransferSeed
{
    private const string JobId = "3d2c9f64-7f0e-4f0b-9c3e-5a1f6b7c8d9e";

    public static void Fill(HubJobs jobs, BlobStore blobs, SandboxClock clock, DateTimeOffset baseTime)
    {
        clock.HoldAt(baseTime.AddDays(-9));
        blobs.GetOrAddAccount(WorldNames.UploadAccount).GetOrAddContainer(WorldNames.ExportContainer);
        JsonObject job = jobs.Transfer(
            new JsonObject
            {
                ["type"] = "export",
                ["outputBlobContainerUri"] = $"https://{WorldNames.UploadAccount}.blob.core.windows.net/{WorldNames.ExportContainer}",
            }
        );
        job["jobId"] = JobId;
    }
}
