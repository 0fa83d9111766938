using System.Text;
using System.Text.Json;
using Microsoft.Azure.Cosmos;

namespace IotHubDsr.Core.Azure.Cosmos;

/// <summary>To and from the types of Microsoft's client: what is awaited elsewhere is of our own types. See <see cref="DocumentClient"/>.</summary>
internal static class CosmosReplies
{
    public static PartitionKey KeyOf(string key)
    {
        var builder = new PartitionKeyBuilder();
        using var parsed = JsonDocument.Parse(Encoding.UTF8.GetBytes(key));
        foreach (JsonElement value in parsed.RootElement.EnumerateArray())
        {
            builder = value.ValueKind switch
            {
                JsonValueKind.String => builder.Add(value.GetString()),
                JsonValueKind.Number => builder.Add(value.GetDouble()),
                JsonValueKind.True or JsonValueKind.False => builder.Add(value.GetBoolean()),
                JsonValueKind.Null => builder.AddNullValue(),
                _ => builder.AddNoneType(),
            };
        }

        return builder.Build();
    }

    public static Task<byte[]> Content(Task<ResponseMessage> sent) => Then(sent, static response => Read(response));

    public static Task<(byte[] Content, string? Next, bool HasMore)> Page(FeedIterator pages, CancellationToken cancellationToken) =>
        Then<ResponseMessage, (byte[], string?, bool)>(pages.ReadNextAsync(cancellationToken), response =>
        {
            string? next = response.ContinuationToken;
            return (Read(response), next, pages.HasMoreResults);
        });

    private static byte[] Read(ResponseMessage response)
    {
        using (response)
        {
            response.EnsureSuccessStatusCode();
            using var content = new MemoryStream();
            response.Content?.CopyTo(content);
            return content.ToArray();
        }
    }

    public static Task<TResult> Then<T, TResult>(Task<T> sent, Func<T, TResult> read) =>
        sent.ContinueWith(
            told => read(told.GetAwaiter().GetResult()),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
}
