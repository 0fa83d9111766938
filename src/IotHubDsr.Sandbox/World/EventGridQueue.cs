using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Queues;

namespace IotHubDsr.Sandbox.World;

/// <summary>The storage queue to which the subscription <c>to-queue</c> delivers the hub's events, each in base64.</summary>
internal sealed class EventGridQueue(BlobStore store, WorldNames names)
{
    /// <summary>As the subscription says.</summary>
    private static readonly TimeSpan s_timeToLive = TimeSpan.FromDays(7);

    private static readonly JsonSerializerOptions s_unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public StorageQueue Queue => store.GetOrAddAccount(WorldNames.UploadAccount).Queues.GetOrAdd(WorldNames.EventQueue);

    /// <summary>The subscription takes all that the hub tells Event Grid.</summary>
    public void Accept(RoutedMessage message)
    {
        if (EventGridEvent.Of(message, Guid.NewGuid().ToString()) is { } told)
            Deliver(told.ToEventGridSchema(names.HubId.ToUpperInvariant()));
    }

    public void Deliver(JsonObject described) => Put(Convert.ToBase64String(Encoding.UTF8.GetBytes(Text(described))));

    public void Put(string text) => Queue.Put(text, s_timeToLive, TimeSpan.Zero);

    public static string Text(JsonObject described) => described.ToJsonString(s_unescaped);
}
