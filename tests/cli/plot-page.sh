# The page, as a browser has it: tables and pictures of some size, no error, no
# request, and nothing that a name could do.
for p in gnuplot chromium; do
    command -v $p >/dev/null || { echo "no $p" >&2; exit 77; }
done
. "$SRC/tests/cli/plot.inc"
name="<script>document.title='harm'<\/script>&amp;\"'<img src=x onerror=alert(1)>"
cp two.means "$(echo "$name" | tr / _)"
printf 'u1,<b>bold</b>,1\nu2,it,1\nu3,it,1\nu4,it,1\n' | ingest >groups.rps
rec-eval -q -t truth.rps -k 1 --draws=100 --by=groups.rps -f tsv -o groups.parts \
    one.rps
rec-plot -f html --title="Two & <i>more</i>" -o page.html both.runs \
    "$(echo "$name" | tr / _)" one.parts two.parts groups.parts one.items \
    two.items one.users two.users chances.bins || exit
# what a probe at the end sees goes to the title
sed 's/default-src .none.;/& script-src '"'unsafe-inline'"';/
    s|</body>|<script>\
const all = s => [...document.querySelectorAll(s)];\
const box = e => e.getBoundingClientRect();\
const pictures = all("figure > svg");\
const ids = all("[id]").map(e => e.id);\
const tables = all("table");\
document.body.innerText = [\
    "title: " + document.title,\
    "sections: " + all("h2").map(e => e.innerText).join("; "),\
    "pictures: " + pictures.length + ", large: " + pictures.filter(e =>\
        box(e).width > 300 \&\& box(e).height > 200).length,\
    "with lines: " + pictures.filter(e =>\
        e.querySelectorAll("path, circle, use").length > 20).length,\
    "every name once: " + (new Set(ids).size == ids.length),\
    "every reference there: " + all("use").every(e =>\
        document.getElementById(e.getAttribute("xlink:href").slice(1))),\
    "tables: " + tables.length + ", wide: " + tables.filter(e =>\
        box(e).width > 50 \&\& e.rows.length > 1).length,\
    "even: " + tables.every(e => [...e.rows].every(r =>\
        r.cells.length == e.rows[0].cells.length)),\
    "ndcg@2: " + all("tr").filter(r => r.cells[0].innerText == "ndcg@2")[0]\
        .innerText.replace(/\\s+/g, " "),\
    "from names: " + all("b, i, img, td script").length,\
    "fetched: " + performance.getEntriesByType("resource").length\
].join("\\n");</script></body>|' page.html >probe.html
browse() {
    chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
        --user-data-dir="$PWD/home" --enable-logging=stderr --v=0 \
        --virtual-time-budget=5000 "$@"
}
HOME=$PWD
export HOME
browse --dump-dom "file://$PWD/probe.html" >dom 2>log
sed -n '/<body/,$p' dom | sed 's/<[^>]*>/\n/g' | grep .
grep 'CONSOLE' log
browse --dump-dom "file://$PWD/page.html" >dom 2>log
grep -c '<svg' dom
grep 'CONSOLE' log
grep -E '<script|<link|<img|@import' page.html
grep -oE 'href=.[^#].{9}|https?://[^"]*' page.html | sort -u
browse --screenshot="$PWD/page.png" --window-size=1200,900 \
    "file://$PWD/page.html" 2>/dev/null
head -c 4 page.png | od -An -c
