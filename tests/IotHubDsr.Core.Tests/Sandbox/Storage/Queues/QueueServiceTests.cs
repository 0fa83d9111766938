using Azure;
using Azure.Storage.Queues.Models;
using IotHubDsr.Core.Tests.Sinks.Azurite;
using IotHubDsr.Tests.Azurite;

namespace IotHubDsr.Core.Tests.Sandbox.Storage.Queues;

/// <summary>Queues by Microsoft's client for .NET, against the sandbox and against Azurite.</summary>
public sealed class QueueServiceTests(AzuriteServer azurite) : IClassFixture<AzuriteServer>
{
    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Peek_SeesTheFrontAlone_AndNeverMoreThan32(string service)
    {
        await using QueueUnderTest queue = await QueueUnderTest.StartAsync(service, azurite);
        await FillAsync(queue, 40);

        Assert.Equal(Texts(0, 32), TextsOf(await queue.Client.PeekMessagesAsync(32)));
        Assert.Equal(Texts(0, 32), TextsOf(await queue.Client.PeekMessagesAsync(32)));
        // For a number that is too low Azurite's reader of parameters gives no code.
        string? code = service == BlobServices.Azurite ? null : "OutOfRangeQueryParameterValue";
        await RefusedAsync(400, "OutOfRangeQueryParameterValue", () => queue.Client.PeekMessagesAsync(33));
        await RefusedAsync(400, code, () => queue.Client.PeekMessagesAsync(0));
        QueueProperties properties = await queue.Client.GetPropertiesAsync();
        Assert.Equal(40, properties.ApproximateMessagesCount);
    }

    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Receive_HidesWhatItTakes_UntilItIsGivenBack(string service)
    {
        await using QueueUnderTest queue = await QueueUnderTest.StartAsync(service, azurite);
        await FillAsync(queue, 4);

        QueueMessage[] taken = await queue.Client.ReceiveMessagesAsync(3, TimeSpan.FromMinutes(10));
        Assert.Equal(Texts(3, 1), TextsOf(await queue.Client.PeekMessagesAsync(32)));
        UpdateReceipt given = await queue.Client.UpdateMessageAsync(
            taken[1].MessageId,
            taken[1].PopReceipt,
            visibilityTimeout: TimeSpan.Zero
        );

        // What is made visible again goes to the end, with what was taken off it counted.
        Assert.Equal(["m3", "m1"], TextsOf(await queue.Client.PeekMessagesAsync(32)));
        QueueMessage[] again = await queue.Client.ReceiveMessagesAsync(2);
        Assert.Equal([1L, 2L], again.Select(message => message.DequeueCount));
        await RefusedAsync(400, "PopReceiptMismatch", () => queue.Client.DeleteMessageAsync(taken[1].MessageId, given.PopReceipt));
    }

    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Delete_TakesTheReceiptOfTheLastTaking(string service)
    {
        await using QueueUnderTest queue = await QueueUnderTest.StartAsync(service, azurite);
        await FillAsync(queue, 2);
        QueueMessage[] taken = await queue.Client.ReceiveMessagesAsync(1);

        await RefusedAsync(400, "PopReceiptMismatch", () =>
            queue.Client.DeleteMessageAsync(taken[0].MessageId, "AgAAAAMAAAAAAAAAAAAAAAAAAAA=")
        );
        await queue.Client.DeleteMessageAsync(taken[0].MessageId, taken[0].PopReceipt);
        await RefusedAsync(404, "MessageNotFound", () => queue.Client.DeleteMessageAsync(taken[0].MessageId, taken[0].PopReceipt));

        Assert.Equal(["m1"], TextsOf(await queue.Client.PeekMessagesAsync(32)));
    }

    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Update_ChangesTheTextOrLeavesIt(string service)
    {
        await using QueueUnderTest queue = await QueueUnderTest.StartAsync(service, azurite);
        await FillAsync(queue, 1);
        QueueMessage taken = (await queue.Client.ReceiveMessagesAsync(1)).Value[0];

        UpdateReceipt first = await queue.Client.UpdateMessageAsync(taken.MessageId, taken.PopReceipt, "changed", TimeSpan.FromMinutes(5));
        await queue.Client.UpdateMessageAsync(taken.MessageId, first.PopReceipt, visibilityTimeout: TimeSpan.Zero);

        Assert.Equal(["changed"], TextsOf(await queue.Client.PeekMessagesAsync(32)));
    }

    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Send_SaysWhenAMessageEnds(string service)
    {
        await using QueueUnderTest queue = await QueueUnderTest.StartAsync(service, azurite);

        SendReceipt usual = await queue.Client.SendMessageAsync("usual");
        SendReceipt short1 = await queue.Client.SendMessageAsync("short", timeToLive: TimeSpan.FromMinutes(1));
        SendReceipt ever = await queue.Client.SendMessageAsync("ever", timeToLive: TimeSpan.FromSeconds(-1));

        Assert.Equal(TimeSpan.FromDays(7), usual.ExpirationTime - usual.InsertionTime);
        Assert.Equal(TimeSpan.FromMinutes(1), short1.ExpirationTime - short1.InsertionTime);
        Assert.Equal(9999, ever.ExpirationTime.Year);
        await queue.Client.ClearMessagesAsync();
        Assert.Empty((await queue.Client.PeekMessagesAsync(32)).Value);
    }

    [Theory]
    [InlineData(BlobServices.Sandbox)]
    [AzuriteData]
    public async Task Queue_ThatIsMissing_IsNotFoundByEveryOperation(string service)
    {
        await using QueueUnderTest queue = await QueueUnderTest.StartAsync(service, azurite);
        await queue.Client.DeleteAsync();

        await RefusedAsync(404, "QueueNotFound", () => queue.Client.PeekMessagesAsync(1));
        await RefusedAsync(404, "QueueNotFound", () => queue.Client.ReceiveMessagesAsync(1));
        await RefusedAsync(404, "QueueNotFound", () => queue.Client.SendMessageAsync("x"));
        await RefusedAsync(404, "QueueNotFound", () => queue.Client.GetPropertiesAsync());
        Assert.False((await queue.Client.ExistsAsync()).Value);
    }

    private static async Task RefusedAsync(int status, string? code, Func<Task> call)
    {
        RequestFailedException refusal = await Assert.ThrowsAsync<RequestFailedException>(call);
        Assert.Equal((status, code), (refusal.Status, refusal.ErrorCode));
    }

    private static async Task FillAsync(QueueUnderTest queue, int count)
    {
        foreach (string text in Texts(0, count))
            await queue.Client.SendMessageAsync(text);
    }

    private static IEnumerable<string> Texts(int first, int count) => Enumerable.Range(first, count).Select(n => $"m{n}");

    private static IEnumerable<string> TextsOf(Response<PeekedMessage[]> messages) => messages.Value.Select(message => message.MessageText);
}
