using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Kusto.Binding;

/// <summary>The scalar functions.</summary>
internal static class KustoFunctions
{
    private static readonly Dictionary<string, KustoFunction> s_functions = new(StringComparer.Ordinal)
    {
        ["tostring"] = Conversion(KustoType.String),
        ["tolong"] = Conversion(KustoType.Long),
        ["toint"] = Conversion(KustoType.Int),
        ["toreal"] = Conversion(KustoType.Real),
        ["todouble"] = Conversion(KustoType.Real),
        ["todecimal"] = Conversion(KustoType.Decimal),
        ["tobool"] = Conversion(KustoType.Bool),
        ["todatetime"] = Conversion(KustoType.DateTime),
        ["totimespan"] = Conversion(KustoType.TimeSpan),
        ["toguid"] = Conversion(KustoType.Guid),
        ["todynamic"] = Json,
        ["parse_json"] = Json,
        ["parsejson"] = Json,
        ["toobject"] = Json,
        ["isempty"] = Test(value => KustoText.Of(value).Length == 0),
        ["isnotempty"] = Test(value => KustoText.Of(value).Length > 0),
        ["isnull"] = Test(value => value is null),
        ["isnotnull"] = Test(value => value is not null),
        ["not"] = new(1, 1, KustoType.Bool, values => values[0] is not true) { Takes = KustoType.Bool },
        ["strlen"] = new(1, 1, KustoType.Long, values => (long)KustoText.Of(values[0]).Length)
        {
            Takes = KustoType.String,
            AddsName = true,
        },
        ["tolower"] = Text(text => text.ToLowerInvariant()),
        ["toupper"] = Text(text => text.ToUpperInvariant()),
        ["url_decode"] = Text(Uri.UnescapeDataString),
        ["url_encode"] = Text(Uri.EscapeDataString),
        ["hash_sha256"] = Text(KustoDigests.Sha256) with { Takes = null },
        ["hash"] = new(1, 2, KustoType.Long, KustoDigests.Hash),
        ["trim"] = new(2, 2, KustoType.String, KustoDigests.Trim) { Takes = KustoType.String },
        ["extract"] = new(3, 3, KustoType.String, KustoDigests.Extract),
        ["strcat"] = new(1, 64, KustoType.String, values => string.Concat(values.Select(KustoText.Of))),
        ["substring"] = new(2, 3, KustoType.String, Substring),
        ["indexof"] = new(2, 2, KustoType.Long, values => (long)Of(values, 0).IndexOf(Of(values, 1), StringComparison.Ordinal)),
        ["replace_string"] = new(3, 3, KustoType.String, values => Replace(Of(values, 0), Of(values, 1), Of(values, 2))),
        ["split"] = new(2, 2, KustoType.Dynamic, values => Split(Of(values, 0), Of(values, 1))),
        ["array_length"] = new(1, 1, KustoType.Long, values => values[0] is JsonArray array ? (long)array.Count : null)
        {
            Takes = KustoType.Dynamic,
        },
        ["bag_keys"] = new(1, 1, KustoType.Dynamic, values => values[0] is JsonObject bag ? Keys(bag) : null) { Takes = KustoType.Dynamic },
        ["estimate_data_size"] = new(1, 1000, KustoType.Long, values => values.Sum(Size)),
        ["startofday"] = Start(time => time.Date),
        ["startofhour"] = Start(time => new DateTime(time.Ticks - (time.Ticks % TimeSpan.TicksPerHour), DateTimeKind.Utc)),
        ["gettype"] = new(1, 1, KustoType.String, values => TypeName(values[0])),
    };

    public static BoundExpression Bind(string name, BoundExpression[] arguments, KustoContext context) =>
        (name, arguments.Length) switch
        {
            ("now", 0) => BoundExpression.Of(context.Now, KustoType.DateTime),
            ("now", 1) => KustoArithmetic.Bind("+", BoundExpression.Of(context.Now, KustoType.DateTime), arguments[0]),
            ("ago", 1) => KustoArithmetic.Bind("-", BoundExpression.Of(context.Now, KustoType.DateTime), arguments[0]),
            ("bin" or "floor", 2) => Bin(arguments[0], arguments[1]),
            ("iff" or "iif", 3) => Case([.. arguments]),
            ("case", >= 3) when arguments.Length % 2 == 1 => Case(arguments),
            ("coalesce", >= 2) => Coalesce(arguments),
            _ when s_functions.TryGetValue(name, out KustoFunction? function) => function.Bind(name, arguments),
            ("now" or "ago" or "bin" or "floor" or "iff" or "iif" or "case" or "coalesce", _) => throw KustoRefusal.Arguments(
                name,
                "another number of arguments is expected."
            ),
            _ => throw KustoRefusal.NoFunction(name),
        };

    private static KustoFunction Json =>
        new(1, 1, KustoType.Dynamic, values => values[0] is string text ? KustoDynamic.Parse(text) : KustoDynamic.Of(values[0]))
        {
            KeepsName = true,
        };

    private static KustoFunction Conversion(KustoType type) =>
        new(1, 1, type, values => KustoConversions.To(values[0], type)) { KeepsName = true };

    private static KustoFunction Test(Func<object?, bool> test) => new(1, 1, KustoType.Bool, values => test(values[0]));

    private static KustoFunction Text(Func<string, string> change) =>
        new(1, 1, KustoType.String, values => change(KustoText.Of(values[0]))) { Takes = KustoType.String };

    private static KustoFunction Start(Func<DateTime, DateTime> start) =>
        new(1, 1, KustoType.DateTime, values => values[0] is DateTime time ? start(time) : null)
        {
            Takes = KustoType.DateTime,
            KeepsName = true,
        };

    private static string Of(object?[] values, int index) => KustoText.Of(values[index]);

    private static string Replace(string text, string old, string with) =>
        old.Length == 0 ? text : text.Replace(old, with, StringComparison.Ordinal);

    private static JsonArray Split(string text, string by) =>
        [.. (by.Length == 0 ? [text] : text.Split(by)).Select(part => (JsonNode)JsonValue.Create(part))];

    private static JsonArray Keys(JsonObject bag) => [.. bag.Select(pair => (JsonNode)JsonValue.Create(pair.Key))];

    private static string Substring(object?[] values)
    {
        string text = Of(values, 0);
        long start = KustoConversions.To(values[1], KustoType.Long) as long? ?? 0;
        long from = Math.Clamp(start < 0 ? text.Length + start : start, 0, text.Length);
        long length = values.Length == 3 ? KustoConversions.To(values[2], KustoType.Long) as long? ?? 0 : text.Length;
        return text.Substring((int)from, (int)Math.Clamp(length, 0, text.Length - from));
    }

    private static long Size(object? value) =>
        value switch
        {
            null => 1,
            string text => System.Text.Encoding.UTF8.GetByteCount(text),
            JsonNode json => KustoText.Json(json).Length,
            bool => 1,
            Guid or decimal => 16,
            _ => 8,
        };

    private static string TypeName(object? value) =>
        value switch
        {
            null => "null",
            JsonObject => "dictionary",
            JsonArray => "array",
            JsonValue json => json.GetValueKind() switch
            {
                System.Text.Json.JsonValueKind.Number => json.TryGetValue(out long _) ? "long" : "real",
                System.Text.Json.JsonValueKind.String => "string",
                _ => "bool",
            },
            bool => "bool",
            long => "long",
            double => "real",
            decimal => "decimal",
            DateTime => "datetime",
            TimeSpan => "timespan",
            Guid => "guid",
            _ => "string",
        };

    private static BoundExpression Bin(BoundExpression value, BoundExpression step)
    {
        bool isTime = value.Type is KustoType.DateTime or KustoType.TimeSpan && step.Type == KustoType.TimeSpan;
        if (!isTime && !(value.Type.IsNumber && step.Type.IsNumber))
            throw KustoRefusal.Arguments("bin", $"a value of type {value.Type.Name} has no bins of type {step.Type.Name}.");

        return value with
        {
            Evaluate = row =>
                (value.Evaluate(row), step.Evaluate(row)) switch
                {
                    (DateTime time, TimeSpan { Ticks: > 0 } by) => new DateTime(time.Ticks - (time.Ticks % by.Ticks), DateTimeKind.Utc),
                    (TimeSpan duration, TimeSpan { Ticks: > 0 } by) => TimeSpan.FromTicks((long)Math.Floor(duration / by) * by.Ticks),
                    (long number, long by and > 0) => (long)Math.Floor((decimal)number / by) * by,
                    (long or double or decimal, long or double or decimal) pair => Math.Floor(
                        KustoConversions.ToReal(pair.Item1)!.Value / KustoConversions.ToReal(pair.Item2)!.Value
                    ) * KustoConversions.ToReal(pair.Item2)!.Value,
                    _ => null,
                },
        };
    }

    private static BoundExpression Case(BoundExpression[] arguments)
    {
        IEnumerable<KustoType> types = arguments
            .Where((_, index) => index % 2 == 1 || index == arguments.Length - 1)
            .Select(one => one.Type);
        KustoType type = types.Distinct().Count() == 1 ? arguments[1].Type : KustoType.Dynamic;
        for (int index = 0; index + 1 < arguments.Length; index += 2)
        {
            if (arguments[index].Type != KustoType.Bool)
                throw KustoRefusal.Arguments("case", "a condition is expected.");
        }

        return new(type, row =>
        {
            int index = 0;
            while (index + 1 < arguments.Length && arguments[index].Evaluate(row) is not true)
                index += 2;

            return KustoConversions.To(arguments[index + 1 < arguments.Length ? index + 1 : index].Evaluate(row), type);
        });
    }

    private static BoundExpression Coalesce(BoundExpression[] arguments) =>
        new(arguments[0].Type, row =>
            arguments.Select(argument => argument.Evaluate(row)).FirstOrDefault(value => value is not (null or ""))
            ?? (arguments[0].Type == KustoType.String ? "" : null)
        );
}
