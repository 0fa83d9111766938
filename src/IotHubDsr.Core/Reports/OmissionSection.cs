namespace IotHubDsr.Core.Reports;

/// <summary>What is postponed, and what the answer cannot or does not include.</summary>
internal static class OmissionSection
{
    public const string HoldsId = "holds";

    public const string SectionId = "omissions";

    public static void Write(MarkupWriter html, ReportFacts facts)
    {
        using (html.Section(HoldsId, "Holds"))
            Holds(html, facts);
        using (html.Section(SectionId, "What is not included, and why"))
        {
            Omissions(html, facts);
            html.Element(Tag.H3, "Microsoft's system-generated logs");
            html.Element(
                Tag.P,
                "Microsoft also keeps logs that its services generate about their own operation. The administrator of a hub can neither "
                    + "read nor export some of them. They are outside this report, and this tool cannot erase them. Microsoft identifies "
                    + "device data by the device ID that the administrator assigned and keeps nothing that links this ID to a person."
            );
        }
    }

    private static void Holds(MarkupWriter html, ReportFacts facts)
    {
        if (facts.Model.Holds.Count == 0)
        {
            html.Element(Tag.P, "The operator has put nothing on hold.", (Attribute.Class, "none"));
            return;
        }

        var places = facts.Locations.ToDictionary(
            static location => location.Location.Id,
            static location => location.Location.Place,
            StringComparer.Ordinal
        );
        using (
            html.Table("Decisions to postpone the erasure", ("Location", false), ("Covers", false), ("Ground", false), ("Review", false))
        )
        {
            foreach (DataHold hold in facts.Model.Holds.OrderBy(static hold => hold.ReviewAt))
            {
                using (html.Element(Tag.Tr))
                {
                    using (html.Element(Tag.Th, (Attribute.Scope, "row"), (Attribute.DataLabel, "Location")))
                        html.Element(Tag.Bdi, places.GetValueOrDefault(hold.LocationId, hold.LocationId), (Attribute.Class, "place"));
                    using (html.Element(Tag.Td, (Attribute.DataLabel, "Covers")))
                        html.Data(hold.Item ?? hold.DeviceId ?? "All devices of the request");
                    using (html.Element(Tag.Td, (Attribute.DataLabel, "Ground")))
                        html.Data(hold.Ground ?? "No longer known: the request was anonymised.");
                    using (html.Element(Tag.Td, (Attribute.DataLabel, "Review")))
                        html.Time(hold.ReviewAt);
                }
            }
        }
    }

    private static void Omissions(MarkupWriter html, ReportFacts facts)
    {
        ReportOmission[] omissions =
        [
            .. facts.Model.Omissions,
            .. facts.Locations.OrderByDescending(static location => location.Verdict).SelectMany(Omitted),
        ];
        if (omissions.Length == 0)
        {
            html.Element(Tag.P, "Nothing that was found was left out.", (Attribute.Class, "none"));
            return;
        }

        using (html.Table("Left out of the answer", ("What", false), ("Why", false)))
        {
            foreach (ReportOmission omission in omissions)
            {
                using (html.Element(Tag.Tr))
                {
                    using (html.Element(Tag.Th, (Attribute.Scope, "row"), (Attribute.DataLabel, "What")))
                        html.Data(omission.What);
                    using (html.Element(Tag.Td, (Attribute.DataLabel, "Why")))
                        html.Data(omission.Why);
                }
            }
        }
    }

    private static IEnumerable<ReportOmission> Omitted(LocationSummary location)
    {
        string place = $"{location.Location.Kind} {location.Location.Place}";
        string why = string.Join(' ', location.Grounds.Select(static ground => ground.Text).Take(3));
        if (location.Withheld > 0)
            yield return new ReportOmission($"{Counted.Of(location.Withheld, "record")} withheld from {place}", Otherwise(why));
        if (location.Unreachable > 0)
        {
            yield return new ReportOmission(
                $"{Counted.Of(location.Unreachable, "record")} that could not be read in {place}",
                Otherwise(why)
            );
        }

        if (
            location.Verdict is Verdict.OwnerAction or Verdict.Unreachable or Verdict.Unknown
            && location.Withheld + location.Unreachable == 0
        )
        {
            string detail = string.Join(' ', location.Details.Select(static sentence => sentence.Text).Take(3));
            yield return new ReportOmission($"{place} ({location.Verdict})", Otherwise(detail.Length > 0 ? detail : why));
        }
    }

    private static string Otherwise(string why) => why.Length > 0 ? why : "No reason is recorded.";
}
