using System.Text;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

public sealed class LocationFileTests
{
    private static IReadOnlyList<LocationDraft> Parse(string json) =>
        LocationFile.Parse("extra.json", Encoding.UTF8.GetBytes(json), SinkCatalogue.OfModule.Kinds, Cloud.Public);

    [Fact]
    public async Task Entries_BecomeLocations_WithCommentsAndTrailingCommas()
    {
        IReadOnlyList<LocationDraft> extra = Parse(
            """
            {
              // Removed in 2024.
              "locations": [
                {"kind":"routedblobcontainer","containerUri":"https://stold.blob.core.windows.net/old-telemetry/","hubName":"old-hub","note":"endpoint 'raw'"},
                {"kind":"LogAnalyticsWorkspace","place":"old-logs","resourceId":"/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/old-logs"},
                {"kind":"PowerBI","place":"dataset Telemetry","note":"ask the BI team"},
                {"kind":"DataExplorerTable","place":"adx/iot/T","deviceIdColumn":"Id"},
              ],
            }
            """
        );

        DiscoveryResult result = await new HubWorld().DiscoverAsync(HubWorld.Hub("{}"), extra);

        var found = result.Locations.ToDictionary(location => location.Id);
        DataLocation container = found["routed-blob.stold.old-telemetry"];
        Assert.Equal(["location file: endpoint 'raw'"], container.Provenance);
        Assert.Equal("https://stold.blob.core.windows.net/old-telemetry", container.Settings[LocationSettings.ContainerUri]);
        Assert.Equal("old-hub", container.Settings[LocationSettings.HubName]);
        Assert.Equal(LocationKinds.LogAnalyticsWorkspace, found["log-analytics-workspace.old-logs"].Kind);
        Assert.Equal("Id", found["data-explorer-table.adx.iot.t"].Settings[LocationSettings.DeviceIdColumn]);
        DataLocation unknown = found["unknown-sink.powerbi-dataset-telemetry"];
        Assert.Equal((Verdict.OwnerAction, "location file: ask the BI team"), (unknown.Verdict, Assert.Single(unknown.Provenance)));
    }

    [Theory]
    [InlineData("EventHub", "ns/telemetry")]
    [InlineData("BuiltInEndpoint", "contoso/events")]
    public async Task ConsumerGroup_ForAPlaceOfTheConfiguration_IsTheOneInWhichItIsRead(string kind, string place)
    {
        IReadOnlyList<LocationDraft> extra = Parse($$"""{"locations":[{"kind":"{{kind}}","place":"{{place}}","consumerGroup":"ours"}]}""");

        DiscoveryResult result = await new HubWorld().DiscoverAsync(
            HubWorld.Hub(
                """
                {"routing":{"endpoints":{"eventHubs":[{"name":"e","endpointUri":"sb://ns.servicebus.windows.net","entityPath":"telemetry"}]},"routes":[]},
                "eventHubEndpoints":{"events":{"endpoint":"sb://ihsuprodx.servicebus.windows.net/","path":"contoso"}}}
                """
            ),
            extra
        );

        DataLocation location = Assert.Single(result.Locations, location => location.Kind == kind);
        Assert.Equal("ours", location.Settings[LocationSettings.ConsumerGroup]);
        Assert.Equal(place, location.Place);
        Assert.True(location.Provenance.Count > 1);
    }

    [Fact]
    public async Task Entry_ForAContainerOfTheConfiguration_JoinsIt_WithOneMoreNameAndMoreFormatsOfTheHub()
    {
        IReadOnlyList<LocationDraft> extra = Parse(
            """{"locations":[{"kind":"RoutedBlobContainer","containerUri":"https://stcontoso.blob.core.windows.net/telemetry","hubName":"old-hub","fileNameFormats":["{iothub}-{partition}"]}]}"""
        );

        DiscoveryResult result = await new HubWorld().DiscoverAsync(
            HubWorld.Hub(
                HubWorld.Routing(
                    """{"storageContainers":[{"name":"a","containerName":"telemetry","connectionString":"AccountName=stcontoso"}]}"""
                )
            ),
            extra
        );

        DataLocation location = Assert.Single(result.Locations, location => location.Kind == LocationKinds.RoutedBlobContainer);
        Assert.Equal(["endpoint 'a' without a route: data of earlier routes can be there", "location file"], location.Provenance);
        Assert.Equal("contoso\nold-hub", location.Settings[LocationSettings.HubName]);
        Assert.Equal(
            "{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}\n{iothub}-{partition}",
            location.Settings[LocationSettings.FileNameFormat]
        );
    }

    [Theory]
    [InlineData("https://stcontoso.blob.core.windows.net/c", "stcontoso/c")]
    [InlineData("https://STContoso.Blob.core.windows.net:443/c", "stcontoso/c")]
    [InlineData("https://contosorouted.blob.core.windows.net.evil.example/c", "contosorouted.blob.core.windows.net.evil.example/c")]
    [InlineData("https://stcontoso.blob.core.windows.net.:443/c", "stcontoso.blob.core.windows.net./c")]
    [InlineData("https://stcontoso.blob.core.windows.net:8443/c", "stcontoso.blob.core.windows.net:8443/c")]
    [InlineData("https://stcontoso.blob.core.usgovcloudapi.net/c", "stcontoso.blob.core.usgovcloudapi.net/c")]
    public void Place_HostThatIsNotTheClouds_IsShownInFull(string address, string place) =>
        Assert.Equal(
            place,
            Assert.Single(Parse($$"""{"locations":[{"kind":"FileUploadContainer","containerUri":"{{address}}"}]}""")).Place
        );

    [Fact]
    public async Task Entry_WithoutAHubName_IsOfTheConnectedHub()
    {
        IReadOnlyList<LocationDraft> extra = Parse(
            """{"locations":[{"kind":"RoutedBlobContainer","containerUri":"https://stold.blob.core.windows.net/c"}]}"""
        );

        DiscoveryResult result = await new HubWorld().DiscoverAsync(HubWorld.Hub("{}"), extra);

        Assert.Equal(
            "contoso",
            Assert.Single(result.Locations, location => location.Kind == LocationKinds.RoutedBlobContainer).Settings[
                LocationSettings.HubName
            ]
        );
    }

    [Fact]
    public async Task Statements_OfAnEntryForAContainerOfTheConfiguration_JoinIt()
    {
        IReadOnlyList<LocationDraft> extra = Parse(
            """
            {"locations":[{"kind":"RoutedBlobContainer","containerUri":"https://stcontoso.blob.core.windows.net/telemetry","dedicated":"made for it\u0007",
              "exclude":[{"prefix":"docs/","ground":"manuals"},{"name":"README.txt","ground":"a manual"}]}]}
            """
        );

        DiscoveryResult result = await new HubWorld().DiscoverAsync(
            HubWorld.Hub(
                HubWorld.Routing(
                    """{"storageContainers":[{"name":"a","containerName":"telemetry","connectionString":"AccountName=stcontoso"}]}"""
                )
            ),
            extra
        );

        Assert.Equal(
            [
                new OperatorStatement(OperatorStatementKind.DedicatedContainer, "made for it"),
                new OperatorStatement(OperatorStatementKind.ExcludedBlobs, "a manual") { BlobName = "README.txt" },
                new OperatorStatement(OperatorStatementKind.ExcludedBlobs, "manuals") { BlobName = "docs/", IsPrefix = true },
            ],
            Assert.Single(result.Locations, location => location.Kind == LocationKinds.RoutedBlobContainer).Statements
        );
    }

    [Theory]
    [InlineData("{", "line 1, column 2")]
    [InlineData("{\n  \"locations\": [\n    {\"kind\" \"x\"}\n]}", "line 3, column 13: this is not JSON")]
    [InlineData("\n  [ñ]", "line 2, column 4: this is not JSON")]
    [InlineData("\n  []", "line 2, column 3: an object with the list 'locations' is expected")]
    [InlineData("{\"locations\":[{\"kind\":\"EventHub\",\n\t\"note\":\"ñö€\",\"place\":{} }]}", "line 2, column 15: the value of 'place'")]
    [InlineData(
        "{\"locations\":[\n{\"kind\":\"LogArchive\",\"containerUri\":\"https://st.blob.core.windows.net/c\",\n \"exclude\":[{\"prefix\":\"a\"}]}]}",
        "line 3, column 2: 'exclude' needs a ground"
    )]
    [InlineData("""{"locations":{}}""", "'locations' is expected")]
    [InlineData("""{"locations":[7]}""", "line 1, column 15: an object is expected")]
    [InlineData(
        "{\"locations\":[\n{\"kind\":\"EventHub\",\"place\":\"a/b\"},\n\n{\"place\":\"x\"}]}",
        "line 4, column 1: 'kind' is missing"
    )]
    [InlineData("""{"locations":[{"kind":"EventHub"}]}""", "'place' is missing")]
    [InlineData("""{"locations":[{"kind":"EventHub","place":"a","no\ud800te":"b"}]}""", "not text")]
    [InlineData("""{"locations":[{"kind":"EventHub","place":7.5,"hubName":"x"}]}""", "belong to the kinds")]
    [InlineData("""{"locations":[{"kind":"EventHub","place":{}}]}""", "'place' is not a text")]
    [InlineData("""{"locations":[{"kind":"EventHub","place":"a","plaice":"b"}]}""", "'plaice' is not known")]
    [InlineData("""{"locations":[{"kind":"DeviceRegistry","place":"other"}]}""", "part of the connected hub")]
    [InlineData("""{"locations":[{"kind":"BuiltInEndpoint","place":"other/events"}]}""", "part of the connected hub")]
    [InlineData("""{"locations":[{"kind":"DeviceRegistry","place":"other","consumerGroup":"ours"}]}""", "part of the connected hub")]
    [InlineData("""{"locations":[{"kind":"EventHub","place":"a","resourceId":"b"}]}""", "'resourceId' is not the ID")]
    [InlineData("""{"locations":[{"kind":"FileUploadContainer","place":"a"}]}""", "'containerUri' is missing")]
    [InlineData(
        """{"locations":[{"kind":"EventHub","place":"a/b","deviceIdColumn":"Id"}]}""",
        "'deviceIdColumn' belongs to the kind DataExplorerTable"
    )]
    [InlineData(
        """{"locations":[{"kind":"LogAnalyticsWorkspace","place":"a","dedicated":"one hub"}]}""",
        "'dedicated' belongs to the kinds"
    )]
    [InlineData(
        """{"locations":[{"kind":"LogArchive","containerUri":"https://st.blob.core.windows.net/c","dedicated":"x"}]}""",
        "'dedicated' belongs"
    )]
    [InlineData(
        """{"locations":[{"kind":"FileUploadContainer","containerUri":"https://st.blob.core.windows.net/c","exclude":[]}]}""",
        "'exclude' belongs"
    )]
    [InlineData(
        """{"locations":[{"kind":"LogArchive","containerUri":"https://st.blob.core.windows.net/c","own":[]}]}""",
        "'own' belongs to the kinds RoutedBlobContainer, BulkExportContainer"
    )]
    [InlineData(
        """{"locations":[{"kind":"LogArchive","containerUri":"https://st.blob.core.windows.net/c","fileNameFormats":[]}]}""",
        "belongs to the kind RoutedBlobContainer"
    )]
    [InlineData(
        """{"locations":[{"kind":"RoutedBlobContainer","containerUri":"https://st.blob.core.windows.net/c","fileNameFormats":["{partition}"]}]}""",
        "{iothub}"
    )]
    [InlineData(
        """{"locations":[{"kind":"LogArchive","containerUri":"https://st.blob.core.windows.net/c","exclude":{}}]}""",
        "'exclude' is not a list"
    )]
    [InlineData(
        """{"locations":[{"kind":"LogArchive","containerUri":"https://st.blob.core.windows.net/c","exclude":["a"]}]}""",
        "an object is expected"
    )]
    [InlineData(
        """{"locations":[{"kind":"LogArchive","containerUri":"https://st.blob.core.windows.net/c","exclude":[{"ground":"a"}]}]}""",
        "'name' or 'prefix'"
    )]
    [InlineData(
        """{"locations":[{"kind":"LogArchive","containerUri":"https://st.blob.core.windows.net/c","exclude":[{"name":"a","prefix":"b","ground":"c"}]}]}""",
        "'name' or 'prefix'"
    )]
    [InlineData(
        """{"locations":[{"kind":"LogArchive","containerUri":"https://st.blob.core.windows.net/c","exclude":[{"prefix":"","ground":"c"}]}]}""",
        "'prefix' is not a text"
    )]
    [InlineData(
        """{"locations":[{"kind":"LogArchive","containerUri":"https://st.blob.core.windows.net/c","exclude":[{"prefix":"a"}]}]}""",
        "needs a ground"
    )]
    [InlineData(
        """{"locations":[{"kind":"LogArchive","containerUri":"https://st.blob.core.windows.net/c","exclude":[{"prefix":"a","grnd":"b"}]}]}""",
        "'grnd' is not known"
    )]
    [InlineData(
        """{"locations":[{"kind":"FileUploadContainer","containerUri":"http://st.blob.core.windows.net/c"}]}""",
        "is not of the form"
    )]
    [InlineData(
        """{"locations":[{"kind":"FileUploadContainer","containerUri":"https://st.blob.core.windows.net/c/d"}]}""",
        "is not of the form"
    )]
    [InlineData(
        """{"locations":[{"kind":"FileUploadContainer","containerUri":"https://st.blob.core.windows.net/c?x=1"}]}""",
        "is not of the form"
    )]
    public void Mistake_IsAFaultWithItsLineAndColumn(string json, string problem)
    {
        Fault fault = Assert.Throws<DsrException>(() => Parse(json)).Fault;

        Assert.Equal(FaultCatalogue.InvalidLocationFile.Id, fault.Id);
        Assert.Contains(problem, fault.Message, StringComparison.Ordinal);
        Assert.Matches(@"line [0-9]+, column [0-9]+: ", fault.Message);
    }

    [Theory]
    [InlineData("\"containerUri\":\"https://st.blob.core.windows.net/c?sv=2024&SIG=s3cr3t\"")]
    [InlineData("\"containerUri\":\"https://st.blob.core.windows.net/c\",\"note\":\"AccountKey=s3cr3t\"")]
    public void Secret_IsRefusedAndNotRepeated(string entry)
    {
        string message = Assert
            .Throws<DsrException>(() => Parse($$"""{"locations":[{"kind":"RoutedBlobContainer",{{entry}} }]}"""))
            .Fault.ToString();

        Assert.Contains("secret", message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_MissingFile_IsAFault() =>
        Assert.Equal(
            FaultCatalogue.InvalidLocationFile.Id,
            (
                await Assert.ThrowsAsync<DsrException>(() =>
                    LocationFile.ReadAsync(
                        Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json"),
                        SinkCatalogue.OfModule.Kinds,
                        Cloud.Public,
                        CancellationToken.None
                    )
                )
            )
                .Fault
                .Id
        );

    [Fact]
    public async Task Read_FileWithAByteOrderMark_IsRead()
    {
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, """{"locations":[]}""", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
            Assert.Empty(await LocationFile.ReadAsync(path, SinkCatalogue.OfModule.Kinds, Cloud.Public, CancellationToken.None));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
