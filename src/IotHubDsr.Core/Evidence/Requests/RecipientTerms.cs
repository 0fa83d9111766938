using System.Text.Json;
using IotHubDsr.Core.Evidence.Stores;

namespace IotHubDsr.Core.Evidence.Requests;

/// <summary>
/// What recipients are to be told, as it was said when an erasure was ordered: their files are written at the end of a run, which can be a
/// later one than that.
/// </summary>
internal static class RecipientTerms
{
    private static readonly RecipientOptions Unsaid = new();

    /// <summary>Keeps what was said last; nothing is written where it is what counts already.</summary>
    public static async Task SaveAsync(IEvidenceFolder folder, RecipientOptions said, CancellationToken cancellationToken)
    {
        (RecipientOptions before, int number) = await ReadLastAsync(folder, cancellationToken);
        if (before.NamesDevices == said.NamesDevices && before.StatusCallbackUrls.SequenceEqual(said.StatusCallbackUrls))
            return;
        byte[] content = JsonSerializer.SerializeToUtf8Bytes(
            new Document(said.NamesDevices, [.. said.StatusCallbackUrls.Select(static url => url.AbsoluteUri)])
        );
        await folder.SaveAsync(EvidenceFiles.RecipientTerms(number + 1), content, cancellationToken);
    }

    /// <summary>What was said last; the usual where nothing was.</summary>
    public static async Task<RecipientOptions> ReadAsync(IEvidenceFolder folder, CancellationToken cancellationToken) =>
        (await ReadLastAsync(folder, cancellationToken)).Said;

    private static async Task<(RecipientOptions Said, int Number)> ReadLastAsync(
        IEvidenceFolder folder,
        CancellationToken cancellationToken
    )
    {
        int number = (await folder.ListAsync(cancellationToken)).Max(static name => EvidenceFiles.RecipientTermsNumber(name)) ?? 0;
        if (number == 0 || await folder.ReadAsync(EvidenceFiles.RecipientTerms(number), cancellationToken) is not { } file)
            return (Unsaid, number);
        Document document = JsonSerializer.Deserialize<Document>(file) ?? throw new JsonException("it is null");
        var said = new RecipientOptions
        {
            NamesDevices = document.NamesDevices,
            StatusCallbackUrls = [.. document.StatusCallbackUrls.Select(static url => new Uri(url))],
        };
        return (said, number);
    }

    private sealed record Document(bool NamesDevices, IReadOnlyList<string> StatusCallbackUrls);
}
