using System.Globalization;
using System.Text.RegularExpressions;

namespace IotHubDsr.Core.Evidence.Stores;

/// <summary>
/// The files of a request. What names a person is under <see cref="Private"/> and nowhere else, so that it can be destroyed without
/// touching the journal and the certificates.
/// </summary>
internal static partial class EvidenceFiles
{
    public const string Private = "private/";
    public const string Key = Private + "key";
    public const string Subjects = Private + "subjects.json";

    /// <summary>Says that the request was registered, where its journal is lost: a registration that was cut off has none.</summary>
    public const string Registration = "registration";

    /// <summary>Ends the run with a number by being there: whoever wants that has no lease.</summary>
    public static string Stop(int run) => $"stop/run-{run:D6}";

    /// <summary>The plan with a digest.</summary>
    public static string Plan(string digest) => $"{Private}plan-{digest["sha256:".Length..]}.json";

    /// <summary>The items of the plan with a digest, where they do not stand in it.</summary>
    public static string PlanItems(string digest) => Plan(digest)[..^".json".Length] + ".items";

    /// <summary>The signature of the plan's approver.</summary>
    public static string PlanSignature(string digest) => Plan(digest) + ".p7s";

    /// <summary>The file that asks the recipient of a location to erase.</summary>
    public static string Recipient(string locationId) => $"{Private}recipient-{locationId}.json";

    /// <summary>What recipients are to be told; the last number counts.</summary>
    public static string RecipientTerms(int number) => $"{Private}asking-{number:D4}.json";

    /// <summary>The number of what recipients are to be told, by the name of its file; null when it is none.</summary>
    public static int? RecipientTermsNumber(string name) => NumberOf(RecipientTermsName(), name);

    /// <summary>A free text, under its keyed hash.</summary>
    public static string Text(string hash) => $"{Private}text-{hash}";

    /// <summary>A free text that outlives the key, under its hash: it must not name the person.</summary>
    public static string Decision(string hash) => $"decisions/text-{hash}";

    /// <summary>The receipts of the run that a certificate is of.</summary>
    public static string Outcome(int number) => $"{Private}outcome-{number:D4}.json";

    public static string Certificate(int number) => $"certificates/{number:D4}.dsse.json";

    /// <summary>The number of a certificate, by the name of its file; null when it is none.</summary>
    public static int? CertificateNumber(string name) => NumberOf(CertificateName(), name);

    /// <summary>The first number that neither a certificate nor an outcome has.</summary>
    public static int FreeNumber(IEnumerable<string> names) =>
        names.Select(name => CertificateNumber(name) ?? NumberOf(OutcomeName(), name) ?? 0).Append(0).Max() + 1;

    private static int? NumberOf(Regex form, string name) =>
        form.Match(name) is { Success: true } match
        && int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : null;

    [GeneratedRegex("^certificates/([0-9]{4,9})\\.dsse\\.json\\z", RegexOptions.CultureInvariant)]
    private static partial Regex CertificateName();

    [GeneratedRegex("^private/outcome-([0-9]{4,9})\\.json\\z", RegexOptions.CultureInvariant)]
    private static partial Regex OutcomeName();

    [GeneratedRegex("^private/asking-([0-9]{4,9})\\.json\\z", RegexOptions.CultureInvariant)]
    private static partial Regex RecipientTermsName();
}
