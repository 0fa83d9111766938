using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Queues;

/// <summary>What a request to the queue service is about: the account, a queue, its messages, or one of them.</summary>
internal sealed record QueueTarget(string? Queue, bool IsOfMessages, string? Message, RequestTarget Signed)
{
    public static QueueTarget Parse(string raw)
    {
        int mark = raw.IndexOf('?', StringComparison.Ordinal);
        Dictionary<string, string> query = RequestTarget.ParseQuery(mark < 0 ? "" : raw[(mark + 1)..]);
        string[] parts =
        [
            .. (mark < 0 ? raw : raw[..mark]).Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString),
        ];
        return parts switch
        {
            [] => new(null, false, null, new(null, null, query)),
            [var queue] => new(queue, false, null, new(queue, null, query)),
            [var queue, "messages"] => new(queue, true, null, new(queue, "messages", query)),
            [var queue, "messages", var message] => new(queue, true, message, new(queue, $"messages/{message}", query)),
            _ => throw new StorageException(StorageErrors.InvalidUri),
        };
    }
}
