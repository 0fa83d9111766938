using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Avro.File;
using Avro.Generic;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;
using Microsoft.Extensions.Time.Testing;

namespace IotHubDsr.Core.Tests.Sandbox;

public class SandboxWorldTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [Fact]
    public void Build_WithTheSameSeedInTheSameHour_MakesTheSameBytes()
    {
        string first = Fingerprint(Build(7, Start));

        Assert.Equal(first, Fingerprint(Build(7, Start.AddMinutes(40))));
        Assert.NotEqual(first, Fingerprint(Build(8, Start)));
    }

    [Theory]
    [InlineData("raw-json")]
    [InlineData("raw-avro")]
    [InlineData("raw-avro-deflate")]
    [InlineData("cold-archive")]
    [InlineData("paused-archive")]
    public void Truth_OfAContainer_IsWhatAnIndependentReaderCounts(string endpoint)
    {
        SandboxWorld world = Build(3, Start);
        ContainerTruth truth = world.Truth.Containers.Single(container => container.Endpoint == endpoint);
        var blobs = Container(world, truth).List().Where(blob => blob is { IsCurrent: true, Deleted: false }).ToList();

        var records = blobs.SelectMany(blob => truth.Encoding == "Json" ? ReadLines(blob.Content) : ReadAvro(blob.Content)).ToList();

        Assert.Equal(truth.Blobs, blobs.Count);
        foreach (string device in world.Truth.Devices)
        {
            DeviceRecords expected = truth.Records.GetValueOrDefault(device, new DeviceRecords(0, 0, 0));
            Assert.Equal(expected.Direct, records.Count(record => record.Device == device));
            Assert.Equal(expected.Attributed, records.Count(record => record.Device != device && record.Attributed == device));
        }

        Assert.True(truth.Records["dev1"].Direct > 0 && truth.Records["leaf-1"].Attributed > 0);
    }

    [Fact]
    public void Archive_IsOlderThanAnHourAndHasSurvivors()
    {
        SandboxWorld world = Build(1, Start);
        ContainerTruth truth = world.Truth.Containers.Single(container => container.Endpoint == "raw-avro-deflate");
        IReadOnlyList<BlobSnapshotInfo> copies = Container(world, truth).List(includeOld: true);

        Assert.Contains(copies, copy => copy.Deleted);
        Assert.Contains(copies, copy => copy is { IsCurrent: false, Deleted: false });
        Assert.Contains(copies, copy => copy.Length == 0);
        Assert.True(truth.Records["dev1"].Retained > 0);
        Assert.All(copies, copy => Assert.True(TimeOf(copy.Name) < Start.AddHours(-1)));
    }

    private static DateTimeOffset TimeOf(string name)
    {
        int[] parts = name.Split('/')[2..].Select(int.Parse).ToArray();
        return new DateTimeOffset(parts[0], parts[1], parts[2], parts[3], parts[4], 0, TimeSpan.Zero);
    }

    private static SandboxWorld Build(int seed, DateTimeOffset time) =>
        WorldBuilder.Build(new SandboxOptions { Seed = seed, Time = new FakeTimeProvider(time) });

    private static BlobContainer Container(SandboxWorld world, ContainerTruth truth) => Container(world, truth.Account, truth.Container);

    private static BlobContainer Container(SandboxWorld world, string account, string name)
    {
        Assert.True(world.Blobs.GetOrAddAccount(account).TryGetContainer(name, out BlobContainer? container));
        return container;
    }

    private static string Fingerprint(SandboxWorld world)
    {
        var text = new StringBuilder(world.HubConnectionString);
        foreach (HubIdentity device in world.Registry.Devices)
            text.AppendLine(device.ToIdentityJson().ToJsonString()).AppendLine(device.ToTwinJson().ToJsonString());

        IEnumerable<BlobContainer> containers = world
            .Truth.Containers.Select(truth => Container(world, truth))
            .Concat(world.Truth.Logs.Concat(world.Truth.DeadLetters).Select(truth => Container(world, truth.Account, truth.Container)));
        foreach (BlobSnapshotInfo? blob in containers.SelectMany(container => container.List(includeOld: true)))
            text.AppendLine($"{blob.Name} {Convert.ToHexString(SHA256.HashData(blob.Content.Span))}");

        return text.ToString();
    }

    private static IEnumerable<(string Device, string? Attributed)> ReadLines(ReadOnlyMemory<byte> content) =>
        Encoding
            .UTF8.GetString(content.Span)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line =>
            {
                using var document = JsonDocument.Parse(line);
                JsonElement properties = document.RootElement.GetProperty("Properties");
                string? attributed =
                    properties.TryGetProperty("deviceId", out JsonElement device)
                    || properties.TryGetProperty("ConnectionDeviceId", out device)
                        ? device.GetString()
                        : null;
                return (document.RootElement.GetProperty("SystemProperties").GetProperty("connectionDeviceId").GetString()!, attributed);
            });

    private static List<(string Device, string? Attributed)> ReadAvro(ReadOnlyMemory<byte> content)
    {
        if (content.IsEmpty)
            return [];

        using IFileReader<GenericRecord> reader = DataFileReader<GenericRecord>.OpenReader(new MemoryStream(content.ToArray()));
        return
        [
            .. reader.NextEntries.Select(record =>
            {
                var properties = (IDictionary<string, object>)record["Properties"];
                string? attributed =
                    properties.TryGetValue("deviceId", out object? device) || properties.TryGetValue("ConnectionDeviceId", out device)
                        ? (string)device
                        : null;
                return ((string)((IDictionary<string, object>)record["SystemProperties"])["connectionDeviceId"], attributed);
            }),
        ];
    }
}
