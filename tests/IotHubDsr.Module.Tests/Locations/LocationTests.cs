using System.Management.Automation;

namespace IotHubDsr.Module.Tests.Locations;

public sealed class LocationTests(ConnectedSession connected) : IClassFixture<ConnectedSession>
{
    private readonly IReadOnlyList<PSObject> _locations = connected.Session.Run("Get-IotDataLocation").Output;

    [Theory]
    [InlineData("endpoint 'raw-json'", "RoutedBlobContainer", "contosorouted/raw-json")]
    [InlineData("endpoint 'raw-avro'", "RoutedBlobContainer", "contosorouted/raw-avro")]
    [InlineData("endpoint 'raw-avro-deflate'", "RoutedBlobContainer", "contosoarchive/raw-avro-deflate")]
    [InlineData("'cold-archive' without a route", "RoutedBlobContainer", "contosoarchive/cold-archive")]
    [InlineData("disabled route 'telemetry-paused'", "RoutedBlobContainer", "contosorouted/paused-archive")]
    [InlineData("endpoint 'analytics-eventhub'", "EventHub", "contoso-events/analytics")]
    [InlineData("endpoint 'alerts-queue'", "ServiceBusQueue", "contoso-bus/alerts")]
    [InlineData("unhealthy", "ServiceBusTopic", "contoso-bus/alerts-topic")]
    [InlineData("endpoint 'telemetry-cosmos'", "CosmosContainer", "contoso-cosmos/iot/telemetry")]
    [InlineData("endpoint 'fabric-stream'", "FabricEventstream", "7e6f0c3a")]
    [InlineData("'quantum-1'", "UnknownSink", "quantum-1")]
    [InlineData("'decommissioned-sink'", "UnknownSink", "decommissioned-sink")]
    [InlineData("fallback route", "BuiltInEndpoint", "contoso-hub/events")]
    [InlineData("file upload", "FileUploadContainer", "contosouploads/device-uploads")]
    [InlineData("event subscription 'to-webhook'", "Webhook", "crm.contoso.example")]
    [InlineData("diagnostic setting 'to-workspace'", "LogAnalyticsWorkspace", "contoso-logs")]
    [InlineData("device provisioning service", "ProvisioningService", "contoso-dps")]
    public void Locations_TellOfEachPartOfTheConfigurationWhyItIsThere(string why, string kind, string place)
    {
        Assert.Contains(_locations, location =>
            location.Text("Kind") == kind
            && location.Text("Place").Contains(place, StringComparison.Ordinal)
            && location.Items("Provenance").Any(reason => $"{reason}".Contains(why, StringComparison.OrdinalIgnoreCase))
        );
    }

    [Fact]
    public void Locations_HaveNamesThatAreDistinctAndCanNameAFolder()
    {
        Assert.Equal(
            _locations.Count,
            _locations.Select(location => location.Text("Id")).Distinct(StringComparer.OrdinalIgnoreCase).Count()
        );
        Assert.All(_locations, location => Assert.Matches("^[a-z0-9][a-z0-9.-]*$", location.Text("Id")));
    }

    [Fact]
    public void Locations_ShowNoSecret()
    {
        string all = string.Join('\n', _locations.Select(location => PSSerializer.Serialize(location, 5)));

        Assert.Contains("contosorouted", all, StringComparison.Ordinal);
        Assert.All((string[])["AccountKey", "SharedAccessKey", "sig=", "code=", "****"], secret =>
            Assert.DoesNotContain(secret, all, StringComparison.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public void LocationFile_AddsALocation()
    {
        using var session = ModuleSession.WithSandbox();
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, """{"locations":[{"kind":"Webhook","place":"https://erp.contoso.example","note":"copied by hand"}]}""");
            session.Run("param($file) $null = Connect-IotHubDsr -Sandbox $sandbox -LocationFile $file", file);

            PSObject added = session.Run("Get-IotDataLocation | Where-Object Place -eq https://erp.contoso.example").Single();

            Assert.Contains(added.Items("Provenance"), reason => $"{reason}".Contains("copied by hand", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
