using System.Text.Json;
using Azure.Core;

namespace IotHubDsr.Core.Azure.Hub;

/// <summary>Configurations of devices and modules, and deployments to IoT Edge devices.</summary>
internal sealed class HubConfigurations(HubChannel channel)
{
    /// <summary>A hub has at most this many of each sort.</summary>
    public const int MostOfASort = 100;

    /// <summary>
    /// Whether a hub that gives so many can have more: it may give as many as it can have of one sort, which is fewer on the free tier, and
    /// does not say that there are others.
    /// </summary>
    public static bool MayBeCut(int count) => count is 10 or 20 or MostOfASort;

    /// <summary>Everything that the hub gives.</summary>
    public async Task<IReadOnlyList<HubConfiguration>> ListAsync(CancellationToken cancellationToken)
    {
        var request = new HubRequest(RequestMethod.Get, "configurations", HubOperation.ReadConfigurations)
        {
            Query = $"&top={2 * MostOfASort}",
        };
        List<HubConfiguration> all = [];
        await foreach (JsonElement json in HubPaging.ListAsync(channel, request, "configurations", refusal: null, cancellationToken))
            all.Add(HubConfiguration.Read(json) ?? throw channel.Incomplete("the ID and the ETag of a configuration"));
        return all;
    }

    /// <summary>One configuration; null when there is none.</summary>
    public async Task<HubConfiguration?> GetAsync(string id, CancellationToken cancellationToken)
    {
        var request = new HubRequest(RequestMethod.Get, PathOf(id), HubOperation.ReadConfigurations);
        HubReply reply = await channel.SendAsync(request, cancellationToken);
        if (IsAbsent(reply))
            return null;
        return HubConfiguration.Read(channel.Success(reply, request.Operation)) is { } configuration && configuration.Id == id
            ? configuration
            : throw channel.Incomplete("the configuration that was asked for");
    }

    /// <summary>
    /// Gives a configuration another target condition, and leaves everything else as it is; false if it is not as it was read any more.
    /// </summary>
    public async Task<bool> TryRetargetAsync(
        HubConfiguration configuration,
        string condition,
        Func<CancellationToken, ValueTask> announce,
        CancellationToken cancellationToken
    )
    {
        var request = new HubRequest(RequestMethod.Put, PathOf(configuration.Id), HubOperation.WriteConfigurations)
        {
            Headers = [("If-Match", $"\"{configuration.ETag}\"")],
            Body = configuration.With(condition),
            Announce = announce,
        };
        HubReply reply = await channel.SendAsync(request, cancellationToken);
        if (reply.Status == 412 || IsAbsent(reply))
        {
            // The first attempt may have been carried out, although its reply was lost.
            return reply.WasRetried && (await GetAsync(configuration.Id, cancellationToken))?.TargetCondition == condition;
        }

        channel.Success(reply, request.Operation);
        return true;
    }

    /// <summary>Deletes a configuration; false if it is not as it was read any more, or somebody else has deleted it.</summary>
    public async Task<bool> TryDeleteAsync(
        HubConfiguration configuration,
        Func<CancellationToken, ValueTask> announce,
        CancellationToken cancellationToken
    )
    {
        var request = new HubRequest(RequestMethod.Delete, PathOf(configuration.Id), HubOperation.DeleteConfigurations)
        {
            Headers = [("If-Match", $"\"{configuration.ETag}\"")],
            Announce = announce,
        };
        HubReply reply = await channel.SendAsync(request, cancellationToken);
        return reply.Status switch
        {
            200 or 204 => true,
            412 => false,
            _ when IsAbsent(reply) => reply.WasRetried,
            _ => throw channel.Failure(reply, request.Operation),
        };
    }

    private static string PathOf(string id) => $"configurations/{Uri.EscapeDataString(id)}";

    /// <summary>A bare 404 says that something does not know the address, and not that the hub has no such configuration.</summary>
    private static bool IsAbsent(HubReply reply) => reply is { Status: 404, Error: { NamesMissingHub: false } };
}

/// <summary>A configuration.</summary>
/// <param name="Json">The whole document.</param>
/// <param name="Id">Its ID.</param>
/// <param name="ETag">Its ETag, without quotes.</param>
internal sealed record HubConfiguration(JsonElement Json, string Id, string ETag) : HubDocument(Json)
{
    private const string Condition = "targetCondition";

    /// <summary>The condition on devices; null if there is none.</summary>
    public string? TargetCondition { get; } = Json.Text(Condition);

    public DateTimeOffset? ChangedAt { get; } = Time(Json, "lastUpdatedTimeUtc");

    /// <summary>The document with another condition.</summary>
    public byte[] With(string condition)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (JsonProperty member in Json.EnumerateObject())
            {
                writer.WritePropertyName(member.Name);
                if (member.NameEquals(Condition))
                    writer.WriteStringValue(condition);
                else
                    writer.WriteRawValue(member.Value.GetRawText(), skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Null when the document is not that of a configuration.</summary>
    public static HubConfiguration? Read(JsonElement json) =>
        json.Text("id") is { Length: > 0 } id && json.Text("etag") is { Length: > 0 } etag
            ? new HubConfiguration(json, id, etag.Trim('"'))
            : null;
}
