using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Azure;

/// <summary>How the content of a blob comes over the wire: in few requests, within the budget, and whole.</summary>
public sealed class RangedDownloadTests
{
    private const int Mebibyte = 1024 * 1024;
    private const string Blob = "large";

    [Theory]
    [InlineData(1, 1)]
    [InlineData(100_000, 1)]
    [InlineData(16 * Mebibyte, 1)]
    [InlineData((16 * Mebibyte) + 1, 2)]
    [InlineData((64 * Mebibyte) - 7, 16)]
    public async Task Read_BlobOfAnySize_GivesItsBytesInFewRequests(int length, int mostRequests)
    {
        await using Service service = await Service.StartAsync(length);

        byte[] read = await service.ReadAsync(new TransferBudget());

        Assert.True(service.Bytes.AsSpan().SequenceEqual(read));
        Assert.InRange(service.Reads, 1, mostRequests);
    }

    [Fact]
    public async Task Read_BudgetIsSpent_StreamsAllTheSame()
    {
        await using Service service = await Service.StartAsync(40 * Mebibyte);
        var budget = new TransferBudget();
        while (budget.TryRent() is not null)
            continue;

        byte[] read = await service.ReadAsync(budget);

        Assert.True(service.Bytes.AsSpan().SequenceEqual(read));
        Assert.Equal(3, service.Reads);
    }

    [Fact]
    public async Task Read_StreamIsLeftInTheMiddle_GivesItsMemoryBack()
    {
        await using Service service = await Service.StartAsync(40 * Mebibyte);
        var budget = new TransferBudget();
        int before = Left(budget);

        await using (Stream content = service.Open(budget))
            await content.ReadExactlyAsync(new byte[17 * Mebibyte]);

        Assert.Equal(4, before);
        Assert.Equal(4, Left(budget));
    }

    [Theory]
    [InlineData(0, 1_000_000)]
    [InlineData(0, 0)]
    [InlineData(1, 1_000_000)]
    [InlineData(3, 17)]
    public async Task Read_AnswerEndsEarly_AsksForTheRest(int nth, int after)
    {
        await using Service service = await Service.StartAsync(30 * Mebibyte);
        service.Faults.Add(Reading with { Skip = nth, Times = 1, TruncateAfterBytes = after });

        byte[] read = await service.ReadAsync(new TransferBudget());

        Assert.True(service.Bytes.AsSpan().SequenceEqual(read));
    }

    [Fact]
    public async Task Read_AnswersNeverArrive_FailsInsteadOfEnding()
    {
        await using Service service = await Service.StartAsync(30 * Mebibyte);
        service.Faults.Add(Reading with { Times = int.MaxValue, TruncateAfterBytes = 0 });

        await Assert.ThrowsAsync<IOException>(() => service.ReadAsync(new TransferBudget()));
    }

    [Fact]
    public async Task Read_BlobChangesMeanwhile_FailsAsAConflict()
    {
        await using Service service = await Service.StartAsync(64 * Mebibyte);
        await using Stream content = service.Open(new TransferBudget());
        await content.ReadExactlyAsync(new byte[Mebibyte]);
        service.Replace();

        RequestFailedException failed = await Assert.ThrowsAsync<RequestFailedException>(() => content.CopyToAsync(Stream.Null));

        Assert.True(BlobFailures.IsConflict(failed));
    }

    private static FaultRule Reading =>
        new()
        {
            Service = "blob",
            Method = "GET",
            PathContains = Blob,
        };

    private static int Left(TransferBudget budget)
    {
        List<byte[]> pieces = [];
        while (budget.TryRent() is { } piece)
            pieces.Add(piece);
        pieces.ForEach(budget.Return);
        return pieces.Count;
    }

    /// <summary>A sandbox with one blob.</summary>
    private sealed class Service : IAsyncDisposable
    {
        private readonly SandboxServer _server;
        private readonly AzureAccess _access;
        private readonly BlobContainer _container;
        private readonly BlockBlobClient _client;
        private readonly ETag _etag;

        private Service(SandboxServer server, int length)
        {
            _server = server;
            _access = SandboxAccess.Open(server, new Wire());
            _container = server.World.Blobs.GetOrAddAccount(WorldNames.PlainAccount).GetOrAddContainer("downloads");
            Bytes = new byte[length];
            new Random(length).NextBytes(Bytes);
            _container.Put(Blob, Bytes);
            var uri = new Uri($"https://{WorldNames.PlainAccount}.blob.core.windows.net/downloads");
            _client = new BlobContainerAccess(_access, uri, TimeProvider.System, new TransferBudget()).Open(Blob);
            BlobProperties properties = _client.GetProperties();
            _etag = properties.ETag;
        }

        public byte[] Bytes { get; }

        public FaultRules Faults => _server.Faults;

        public int Reads => _server.RequestLog.After(0).Count(request => request.Service == "blob" && request.Method == "GET");

        public static async Task<Service> StartAsync(int length) =>
            new(await SandboxServer.StartAsync(new SandboxOptions(), CancellationToken.None), length);

        public RangedDownload Open(TransferBudget budget) => new(_client, _etag, Bytes.Length, budget);

        public async Task<byte[]> ReadAsync(TransferBudget budget)
        {
            await using Stream content = Open(budget);
            using var read = new MemoryStream(Bytes.Length);
            byte[] buffer = new byte[300_000];
            while (await content.ReadAsync(buffer) is > 0 and var count)
                read.Write(buffer, 0, count);
            return read.ToArray();
        }

        public void Replace() => _container.Put(Blob, Bytes);

        public async ValueTask DisposeAsync()
        {
            _access.Dispose();
            await _server.DisposeAsync();
        }
    }
}
