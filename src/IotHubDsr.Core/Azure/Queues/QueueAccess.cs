using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace IotHubDsr.Core.Azure.Queues;

/// <summary>A storage queue: what it shows, and what it gives. Failures are catalogued faults.</summary>
/// <param name="client">The queue.</param>
/// <param name="target">The place in words, for messages.</param>
/// <param name="scope">Where a role has to be assigned that allows working on it.</param>
/// <remarks>
/// No async method waits for a type of the client's: its state would have a field of it, and then listing the types of this assembly, as is
/// done to find the kinds of place, would load the client.
/// </remarks>
internal sealed class QueueAccess(QueueClient client, string target, string scope)
{
    /// <summary>The service shows and gives no more messages in one call.</summary>
    public const int MostAtOnce = 32;

    private const string ReadRole = "Storage Queue Data Reader";
    private const string WriteRole = "Storage Queue Data Contributor";

    public QueueAccess(AzureAccess access, Uri address, string target, string scope)
        : this(access.OpenQueue(address, access.Configure(new QueueClientOptions())), target, scope) { }

    /// <summary>How many messages there are, those included that nobody can see for now; never too low, it can be too high.</summary>
    public Task<long> CountAsync(CancellationToken cancellationToken) =>
        CallAsync(
            () => client.GetPropertiesAsync(cancellationToken),
            static properties => (long)properties.ApproximateMessagesCount,
            "read",
            ReadRole,
            cancellationToken
        );

    /// <summary>Looks at the front of the queue; nothing changes.</summary>
    public Task<IReadOnlyList<QueuedMessage>> PeekAsync(CancellationToken cancellationToken) =>
        CallAsync<PeekedMessage[], IReadOnlyList<QueuedMessage>>(
            () => client.PeekMessagesAsync(MostAtOnce, cancellationToken),
            static messages =>
                [
                    .. messages.Select(one => new QueuedMessage(
                        one.MessageId,
                        TextOf(one.Body),
                        one.InsertedOn ?? DateTimeOffset.UnixEpoch,
                        QueuedMessage.EndOf(one.InsertedOn ?? DateTimeOffset.UnixEpoch, one.ExpiresOn),
                        one.DequeueCount
                    )),
                ],
            "read",
            ReadRole,
            cancellationToken
        );

    /// <summary>Takes messages from the front: others do not see them until the time is over, and each counts as received.</summary>
    public Task<IReadOnlyList<QueuedMessage>> ReceiveAsync(TimeSpan hidden, CancellationToken cancellationToken) =>
        CallAsync<QueueMessage[], IReadOnlyList<QueuedMessage>>(
            () => client.ReceiveMessagesAsync(MostAtOnce, hidden, cancellationToken),
            static messages =>
                [
                    .. messages.Select(one => new QueuedMessage(
                        one.MessageId,
                        TextOf(one.Body),
                        one.InsertedOn ?? DateTimeOffset.UnixEpoch,
                        QueuedMessage.EndOf(one.InsertedOn ?? DateTimeOffset.UnixEpoch, one.ExpiresOn),
                        one.DequeueCount
                    )
                    {
                        Receipt = one.PopReceipt,
                        HiddenUntil = one.NextVisibleOn ?? DateTimeOffset.MinValue,
                    }),
                ],
            "receive the messages of",
            WriteRole,
            cancellationToken
        );

    /// <summary>Deletes a message that was received. False if somebody else may have received it since.</summary>
    /// <param name="message">The message.</param>
    /// <param name="time">
    /// The time: one that is missing while it was hidden has been deleted by an attempt whose answer was lost; later, the service says the
    /// same of one that somebody else has deleted. The answer can take longer than the message was hidden.
    /// </param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<bool> DeleteAsync(QueuedMessage message, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await client.DeleteMessageAsync(message.Id, message.Receipt, cancellationToken);
            return true;
        }
        catch (RequestFailedException other) when (IsGone(other) || IsAnothers(other))
        {
            return IsGone(other) && time.GetUtcNow() < message.HiddenUntil;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Translate(exception, "delete the messages of", WriteRole);
        }
    }

    /// <summary>Makes a message visible again at once; one that is gone, or that somebody else has received since, stays so.</summary>
    public async Task ReleaseAsync(QueuedMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await ShowAsync(message.Id, message.Receipt, cancellationToken);
        }
        catch (RequestFailedException other) when (IsGone(other) || IsAnothers(other))
        {
            return;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Translate(exception, "give back the messages of", WriteRole);
        }
    }

    /// <summary>Asks the service to give back a message that nobody has: before any is received, it tells whether that is allowed.</summary>
    /// <exception cref="DsrException">They may not.</exception>
    public async Task RequireReleaseAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ShowAsync(Guid.NewGuid().ToString(), Convert.ToBase64String(Guid.NewGuid().ToByteArray()), cancellationToken);
        }
        catch (RequestFailedException refused) when (refused is { Status: 400 } || IsGone(refused))
        {
            return;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Translate(exception, "give back the messages of", WriteRole);
        }
    }

    private static ReadOnlyMemory<byte> TextOf(BinaryData? body) => body?.ToMemory() ?? ReadOnlyMemory<byte>.Empty;

    private static bool IsGone(RequestFailedException failed) => failed is { Status: 404, ErrorCode: "MessageNotFound" };

    private static bool IsAnothers(RequestFailedException failed) => failed is { Status: 400, ErrorCode: "PopReceiptMismatch" };

    private static async Task<TResult> ReadAsync<T, TResult>(Task<Response<T>> call, Func<T, TResult> read) => read((await call).Value);

    /// <summary>Without a text, that of the message stays.</summary>
    private Task<bool> ShowAsync(string id, string receipt, CancellationToken cancellationToken) =>
        ReadAsync(client.UpdateMessageAsync(id, receipt, (string?)null, TimeSpan.Zero, cancellationToken), static _ => true);

    private async Task<TResult> CallAsync<T, TResult>(
        Func<Task<Response<T>>> call,
        Func<T, TResult> read,
        string verb,
        string role,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await ReadAsync(call(), read);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Translate(exception, verb, role);
        }
    }

    private DsrException Translate(Exception exception, string verb, string role) =>
        AzureFaults.Translate(exception, target, verb, role, action: null, scope, client.Uri.Host);
}
