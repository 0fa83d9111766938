using IotHubDsr.Sandbox.Hub;

namespace IotHubDsr.Sandbox.World;

/// <summary>What waits for the hub's back end: feedback about messages to some devices, and notices of files that these uploaded.</summary>
internal static class ServiceBoundSeed
{
    public static void Fill(ServiceBoundQueues queues, HubRegistry registry)
    {
        foreach (string deviceId in (string[])["dev1", "dev10", "it's", "50%25"])
        {
            queues.AddFeedback(registry.Device(deviceId), "Success", $"message-of-{deviceId}");
            string name = $"{deviceId}/photo.jpg";
            string address = $"https://{WorldNames.UploadAccount}.blob.core.windows.net/{WorldNames.UploadContainer}";
            queues.AddNotification(deviceId, $"{address}/{Uri.EscapeDataString(name)}", name, bytes: 2_000);
        }
    }
}
