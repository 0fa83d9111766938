using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>
/// Microsoft.EventGrid: subscriptions to the hub's events in both forms. One of them is listed by both, as the service may do.
/// </summary>
internal sealed class EventGridResources(WorldNames names, bool hasServiceBus)
{
    private const int PageSize = 2;

    private string Topic => names.Resource(WorldNames.DataGroup, "Microsoft.EventGrid/systemTopics", names.SystemTopic);

    public void AddTo(ArmCatalogue catalogue)
    {
        string extension = $"{names.HubId}/providers/Microsoft.EventGrid/eventSubscriptions";
        JsonObject[] toServiceBus = hasServiceBus ? [ToServiceBusQueue(extension), ToServiceBusTopic(extension)] : [];
        catalogue.AddAll(extension, PageSize, [ToWebhook(extension), ToQueue(extension), ToEventHub(extension), .. toServiceBus]);
        string topics = $"{Topic}/eventSubscriptions";
        catalogue.AddAll(topics, PageSize, ToEventHub(topics), ToFunction(topics));
        catalogue.AddAll($"{names.Subscription}/providers/Microsoft.EventGrid/systemTopics", 1, OtherSystemTopic(), SystemTopic());
        catalogue.Add("POST", $"{extension}/to-webhook/getFullUrl", _ => new JsonObject
        {
            ["endpointUrl"] = "https://crm.contoso.example/devices?code=sandbox",
        });
    }

    private JsonObject SystemTopic() =>
        names.Expand(
            $$"""
            { "id": "{{Topic}}", "name": "{{names.SystemTopic}}", "type": "Microsoft.EventGrid/systemTopics", "location": "westeurope",
              "properties": { "provisioningState": "Succeeded", "topicType": "Microsoft.Devices.IoTHubs",
                "source": "{{names.HubId.ToUpperInvariant()}}" } }
            """
        );

    private JsonObject OtherSystemTopic() =>
        names.Expand(
            $$"""
            { "id": "{data}/Microsoft.EventGrid/systemTopics/contosouploads-topic", "name": "contosouploads-topic",
              "type": "Microsoft.EventGrid/systemTopics", "location": "westeurope",
              "properties": { "provisioningState": "Succeeded", "topicType": "Microsoft.Storage.StorageAccounts",
                "source": "{{names.StorageId(WorldNames.UploadAccount)}}" } }
            """
        );

    /// <summary>Delivered with the hub's identity: the plain destination is null, the real one is nested.</summary>
    private JsonObject ToWebhook(string parent) =>
        Subscription(
            parent,
            "to-webhook",
            """
            "destination": null,
            "deliveryWithResourceIdentity": { "identity": { "type": "SystemAssigned" },
              "destination": { "endpointType": "WebHook", "properties": { "endpointBaseUrl": "https://crm.contoso.example/devices",
                "maxEventsPerBatch": 1, "preferredBatchSizeInKilobytes": 64 } } }
            """
        );

    private JsonObject ToQueue(string parent) =>
        Subscription(
            parent,
            "to-queue",
            $$"""
            "destination": { "endpointType": "StorageQueue", "properties": { "resourceId": "{{names.StorageId(WorldNames.UploadAccount)}}",
              "queueName": "device-events", "queueMessageTimeToLiveInSeconds": 604800 } },
            "deadLetterDestination": { "endpointType": "StorageBlob", "properties": {
              "resourceId": "{{names.StorageId(WorldNames.UploadAccount)}}", "blobContainerName": "{{WorldNames.DeadLetterContainer}}" } }
            """
        );

    private JsonObject ToEventHub(string parent) =>
        Subscription(
            parent,
            "to-eventhub",
            """
            "destination": { "endpointType": "EventHub", "properties": {
              "resourceId": "{data}/Microsoft.EventHub/namespaces/contoso-events/eventhubs/device-events" } }
            """
        );

    private JsonObject ToServiceBusQueue(string parent) =>
        Subscription(
            parent,
            EventGridDelivery.ToQueue,
            $$"""
            "destination": { "endpointType": "ServiceBusQueue", "properties": {
              "resourceId": "{{names.ServiceBusId}}/queues/{{WorldNames.DeviceEventsQueue}}" } }
            """
        );

    private JsonObject ToServiceBusTopic(string parent) =>
        Subscription(
            parent,
            EventGridDelivery.ToTopic,
            $$"""
            "destination": { "endpointType": "ServiceBusTopic", "properties": {
              "resourceId": "{{names.ServiceBusId}}/topics/{{WorldNames.DeviceEventsTopic}}" } }
            """,
            "CloudEventSchemaV1_0"
        );

    private JsonObject ToFunction(string parent) =>
        Subscription(
            parent,
            "to-function",
            $$"""
            "destination": { "endpointType": "AzureFunction", "properties": {
              "resourceId": "{data}/Microsoft.Web/sites/contoso-func/functions/OnDevice", "maxEventsPerBatch": 1 } },
            "deadLetterDestination": null,
            "deadLetterWithResourceIdentity": { "identity": { "type": "SystemAssigned" }, "deadLetterDestination": {
              "endpointType": "StorageBlob", "properties": { "resourceId": "{{names.StorageId(WorldNames.UploadAccount)}}",
                "blobContainerName": "{{WorldNames.DeadLetterContainer}}" } } }
            """,
            "CloudEventSchemaV1_0"
        );

    private JsonObject Subscription(string parent, string name, string destination, string schema = "EventGridSchema") =>
        names.Expand(
            $$"""
            { "id": "{{parent}}/{{name}}", "name": "{{name}}", "type": "Microsoft.EventGrid/eventSubscriptions",
              "properties": { "topic": "{hub}", "provisioningState": "Succeeded", {{destination}},
                "filter": { "includedEventTypes": ["Microsoft.Devices.DeviceCreated", "Microsoft.Devices.DeviceDeleted",
                  "Microsoft.Devices.DeviceConnected", "Microsoft.Devices.DeviceTelemetry"] },
                "labels": [], "eventDeliverySchema": "{{schema}}",
                "retryPolicy": { "maxDeliveryAttempts": 30, "eventTimeToLiveInMinutes": 1440 } } }
            """
        );
}
