import t from 'tap'
import * as testing from '../../lib/testing/index.js'
import { checkRoute } from '../../lib/testing/check-route.js'
import { Report, RouteError } from '../../lib/testing/report.js'

t.test('the sub-path exports the check, its report and its error', async t => {
  const { checkRoute: check, Report: ReportOf, RouteError: Failure } = testing
  t.same(Object.keys(testing).filter(name => name !== 'default' && name !== '__esModule').toSorted(), ['Report', 'RouteError', 'checkRoute'])
  t.equal(check, checkRoute)
  t.equal(ReportOf, Report)
  t.equal(Failure, RouteError)
})
