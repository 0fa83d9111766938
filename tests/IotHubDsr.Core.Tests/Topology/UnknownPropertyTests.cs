namespace IotHubDsr.Core.Tests.Topology;

/// <summary>Members that are not known, inside properties that are.</summary>
public sealed class UnknownPropertyTests
{
    [Theory]
    [InlineData(
        """{"eventHubEndpoints":{"events":{},"operationsMonitoringEvents":{"path":"p","partitionCount":2}}}""",
        "eventHubEndpoints.operationsMonitoringEvents"
    )]
    [InlineData(
        """{"eventHubEndpoints":{"events":{"endpoint":"sb://own.example","mirror":"sb://other.example"}}}""",
        "eventHubEndpoints.events.mirror"
    )]
    [InlineData(
        """{"messagingEndpoints":{"fileNotifications":{"ttlAsIso8601":"PT1H","copyTo":"AccountName=st;AccountKey=s3cr3t"}}}""",
        "messagingEndpoints.fileNotifications.copyTo"
    )]
    [InlineData("""{"messagingEndpoints":{"twinNotifications":{"ttlAsIso8601":"PT1H"}}}""", "messagingEndpoints.twinNotifications")]
    [InlineData("""{"messagingEndpoints":["https://other.example"]}""", "messagingEndpoints")]
    [InlineData(
        """{"cloudToDevice":{"maxDeliveryCount":10,"deadLetter":{"queue":"/subscriptions/s/resourceGroups/g/providers/Microsoft.ServiceBus/namespaces/n"}}}""",
        "cloudToDevice.deadLetter"
    )]
    [InlineData(
        """{"cloudToDevice":{"feedback":{"ttlAsIso8601":"PT1H","forwardTo":"bus.servicebus.windows.net:5671"}}}""",
        "cloudToDevice.feedback.forwardTo"
    )]
    [InlineData(
        """{"storageEndpoints":{"$default":{"containerName":"","connectionString":"","archiveUri":"https://st2.blob.core.windows.net/a"}}}""",
        "storageEndpoints.$default.archiveUri"
    )]
    [InlineData(
        """{"routing":{"endpoints":{"eventHubs":[{"name":"eh","connectionString":"Endpoint=sb://ns.servicebus.windows.net/;EntityPath=h","copyTo":"https://other.example"}]}}}""",
        "routing endpoint 'eh'.copyTo"
    )]
    [InlineData(
        """{"routing":{"routes":[{"name":"r","source":"DeviceMessages","condition":"true","endpointNames":["events"],"mirror":{"to":"sb://other.example"}}]}}""",
        "route 'r': mirror"
    )]
    [InlineData(
        """{"routing":{"fallbackRoute":{"name":"$fallback","source":"DeviceMessages","condition":"true","endpointNames":["events"],"also":["https://other.example"]}}}""",
        "fallback route: also"
    )]
    [InlineData(
        """{"routing":{"enrichments":[{"key":"k","value":"https://not-a-place.example","endpointNames":["events"],"lookup":"https://other.example/api"}]}}""",
        "routing.enrichments: lookup"
    )]
    [InlineData("""{"mirror":{"to":[{"hosts":["hub.example.net"]}]}}""", "properties.mirror")]
    [InlineData("""{"mirror":"HostName=other-hub.azure-devices.net;SharedAccessKey=s3cr3t"}""", "properties.mirror")]
    public async Task UnknownMember_ThatReceivesSomething_IsALocation(string properties, string place)
    {
        DataLocation location = await new HubWorld().OnlyAsync(LocationKinds.UnknownSink, properties);

        Assert.Equal((place, Verdict.OwnerAction), (location.Place, location.Verdict));
        Assert.DoesNotContain("s3cr3t", string.Join(' ', location.Provenance), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"eventHubEndpoints":{"events":{"endpoint":"sb://own.servicebus.windows.net/","path":"own","partitionIds":["0"]}}}""")]
    [InlineData(
        """{"routing":{"routes":[{"name":"r","source":"DeviceMessages","condition":"$body.url = 'https://x.example'","endpointNames":["events"],"priority":1}]}}"""
    )]
    [InlineData("""{"cloudToDevice":{"maxDeliveryCount":10,"newLimit":"PT1H","feedback":{"lockDurationAsIso8601":"PT5S"}}}""")]
    [InlineData("""{"messagingEndpoints":{"fileNotifications":{"ttlAsIso8601":"PT1H","priority":"high"}},"tlsCipherSuite":"1.2.840"}""")]
    public async Task Member_ThatLeadsNowhere_IsNone(string properties) =>
        Assert.DoesNotContain((await new HubWorld().DiscoverAsync(properties)).Locations, location =>
            location.Kind == LocationKinds.UnknownSink
        );
}
